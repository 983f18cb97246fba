/** The report as rows: one a kernel, one an operator. Figures as measured, in the base units of their column's name. */

import { plainName } from '../../format/views/names.js';
import type {
  Kernel,
  OperatorSummary,
  Report,
  Scenario,
  ScenarioOperator,
  TensorSummary,
} from '../../protocol/report.js';

type Cell = string | number | boolean | null;

const COLUMNS = [
  'record',
  'scenarioId',
  'scenario',
  'id',
  'parentId',
  'kernelId',
  'operatorIds',
  'opType',
  'domain',
  'name',
  'module',
  'kind',
  'fate',
  'provider',
  'timeNs',
  'selfTimeNs',
  'errorNs',
  'share',
  'trusted',
  'callsPerRun',
  'macs',
  'elementwiseOps',
  'readBytes',
  'writtenBytes',
  'parameterCount',
  'weightBytes',
  'inputShapes',
  'outputShapes',
  'bound',
  'attainedOfRoof',
] as const;

type Row = Partial<Record<(typeof COLUMNS)[number], Cell>>;

/** RFC 4180. An unknown figure is an empty cell; a name that a spreadsheet would take for a formula stays text. */
export function writeCsv(report: Report): string {
  const operators = new Map(report.operators.map((operator) => [operator.id, operator]));
  const tensors = new Map(report.tensors.map((tensor) => [tensor.id, tensor]));
  const lines = [COLUMNS.join(',')];
  const add = (row: Row): void => {
    lines.push(COLUMNS.map((column) => cellText(row[column] ?? null)).join(','));
  };
  for (const scenario of report.scenarios) {
    for (const kernel of scenario.kernels) add(kernelRow(scenario, kernel));
    for (const each of scenario.operators) add(operatorRow(scenario, each, operators.get(each.operatorId), tensors));
  }
  return `${lines.join('\r\n')}\r\n`;
}

function kernelRow(scenario: Scenario, kernel: Kernel): Row {
  return {
    record: 'kernel',
    ...scenarioCells(scenario),
    id: kernel.id,
    parentId: kernel.parentId,
    operatorIds: kernel.operatorIds.join(' '),
    opType: kernel.opType,
    name: kernel.name,
    module: kernel.module,
    kind: kernel.kind,
    provider: kernel.provider,
    timeNs: kernel.timeNs,
    selfTimeNs: kernel.selfTimeNs,
    errorNs: kernel.errorNs,
    share: kernel.share,
    trusted: kernel.trusted,
    callsPerRun: kernel.callsPerRun,
    macs: kernel.macs,
    readBytes: kernel.readBytes,
    writtenBytes: kernel.writtenBytes,
    inputShapes: kernel.inputShapes.map(shapeText).join(' '),
    outputShapes: kernel.outputShapes.map(shapeText).join(' '),
    bound: kernel.bound,
    attainedOfRoof: kernel.attainedOfRoof,
  };
}

function operatorRow(
  scenario: Scenario,
  each: ScenarioOperator,
  operator: OperatorSummary | undefined,
  tensors: ReadonlyMap<string, TensorSummary>,
): Row {
  const shapes = (ids: readonly string[] | undefined): string =>
    (ids ?? []).map((id) => shapeText(tensors.get(id)?.shape ?? null)).join(' ');
  return {
    record: 'operator',
    ...scenarioCells(scenario),
    id: each.operatorId,
    kernelId: each.kernelId,
    opType: operator?.opType ?? null,
    domain: operator?.domain ?? null,
    name: operator?.name ?? null,
    module: operator?.module ?? null,
    fate: each.fate,
    callsPerRun: each.trips,
    macs: each.macs,
    elementwiseOps: each.elementwiseOps,
    readBytes: each.readBytes,
    writtenBytes: each.writtenBytes,
    parameterCount: operator?.parameterCount ?? null,
    weightBytes: operator?.weightBytes ?? null,
    inputShapes: shapes(operator?.inputs),
    outputShapes: shapes(operator?.outputs),
  };
}

const scenarioCells = ({ id, label }: Scenario): Row => ({ scenarioId: id, scenario: label });

const shapeText = (dims: readonly number[] | null): string => (dims === null ? '?' : `[${dims.join('x')}]`);

/** What spreadsheets begin a formula with, behind spaces too, and the full-width forms that some of them accept. */
const FORMULA = /^\s*[=+\-@|%＝＋－＠]/u;

function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const plain = plainName(cell);
  const inert = FORMULA.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]|^\s|\s$/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
