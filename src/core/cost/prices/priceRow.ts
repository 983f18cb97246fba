/** One row of a price list, cell by cell. */

import { ExpectedError } from '../../common/errors.js';
import type { Accelerator, MachinePrice, MachineService, PriceSource } from './table.js';

export type Cell = string | number;

export interface Place {
  file: string;
  line: number;
  columnLine: number;
}

/** Names of columns are read in any case. */
type Cells = ReadonlyMap<string, Cell>;

const GIB = 2 ** 30;
const MAXIMUM_TEXT = 500;
const SERVICES: readonly MachineService[] = ['vm', 'sagemaker', 'azureml', 'vertex'];
const REQUIRED = ['provider', 'instance', 'region', 'usdPerHour'] as const;

/** @throws ExpectedError (input) with the line. */
export function priceOfCells(cells: Cells, place: Place): MachinePrice {
  for (const column of REQUIRED)
    if (!cells.has(column.toLowerCase()))
      throw new ExpectedError('input', 'cost.prices.missingColumn', {
        file: place.file,
        line: place.columnLine,
        column,
      });
  checkCurrency(cells, place);
  const source = sourceOf(cells, place);
  const instance = required(cells, 'instance', place);
  const spot = amount(cells, 'spotUsdPerHour', place);
  const memoryGiB = amount(cells, 'memoryGiB', place);
  return {
    provider: required(cells, 'provider', place).toLowerCase(),
    instance,
    region: required(cells, 'region', place),
    service: serviceOf(cells, instance, place),
    vcpus: amount(cells, 'vcpus', place),
    memoryBytes: memoryGiB === null ? null : memoryGiB * GIB,
    accelerator: acceleratorOf(cells, place),
    onDemand: { usdPerHour: price(cells, place), source },
    spot: spot === null ? null : { usdPerHour: spot, source },
    file: place.file,
  };
}

const textOf = (cells: Cells, column: string): string =>
  String(cells.get(column.toLowerCase()) ?? '')
    .trim()
    .slice(0, MAXIMUM_TEXT);

function required(cells: Cells, column: string, { file, line }: Place): string {
  const value = textOf(cells, column);
  if (value === '') throw new ExpectedError('input', 'cost.prices.emptyCell', { file, line, column });
  return value;
}

/** A positive number; null for an empty cell. */
function amount(cells: Cells, column: string, { file, line }: Place): number | null {
  const value = textOf(cells, column);
  if (value === '') return null;
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : NaN;
  if (!Number.isFinite(number))
    throw new ExpectedError('input', 'cost.prices.notNumber', { file, line, column, value: value.slice(0, 40) });
  if (number <= 0) throw new ExpectedError('input', 'cost.prices.notPositive', { file, line, column, value });
  return number;
}

function price(cells: Cells, place: Place): number {
  required(cells, 'usdPerHour', place);
  return amount(cells, 'usdPerHour', place) ?? NaN;
}

/** Only dollars: a rate of exchange would be one more figure that nobody stated. */
function checkCurrency(cells: Cells, { file, line }: Place): void {
  const currency = textOf(cells, 'currency');
  if (currency !== '' && !/^(usd|us\$|\$)$/i.test(currency))
    throw new ExpectedError('input', 'cost.prices.currency', { file, line, currency: currency.slice(0, 20) });
}

function serviceOf(cells: Cells, instance: string, { file, line }: Place): MachineService {
  const named = textOf(cells, 'service').toLowerCase();
  if (named === '') return /^ml\./i.test(instance) ? 'sagemaker' : 'vm';
  const service = SERVICES.find((each) => each === named);
  if (!service)
    throw new ExpectedError('input', 'cost.prices.service', {
      file,
      line,
      value: named.slice(0, 40),
      known: SERVICES.join(', '),
    });
  return service;
}

function sourceOf(cells: Cells, { file, line }: Place): PriceSource {
  const asOf = textOf(cells, 'asOf');
  if (asOf !== '' && (!/^\d{4}-\d\d-\d\d$/.test(asOf) || Number.isNaN(Date.parse(asOf))))
    throw new ExpectedError('input', 'cost.prices.date', { file, line, value: asOf.slice(0, 40) });
  return { text: textOf(cells, 'source') || file, asOf: asOf === '' ? null : asOf, exactDay: asOf !== '' };
}

function acceleratorOf(cells: Cells, place: Place): Accelerator | null {
  const name = textOf(cells, 'accelerator');
  if (name === '') return null;
  const memoryGiB = amount(cells, 'acceleratorMemoryGiB', place);
  return {
    name,
    count: amount(cells, 'acceleratorCount', place) ?? 1,
    memoryBytes: memoryGiB === null ? null : memoryGiB * GIB,
  };
}
