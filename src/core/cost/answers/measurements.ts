/**
 * What was measured on another machine: a report of the command line, or the JSON of the script for servers that have
 * their own runtime. Both are untrusted and bounded.
 */

import type { CapacitySample, Report } from '../../../protocol/report.js';
import { ExpectedError } from '../../common/errors.js';
import { serviceModels } from '../service.js';
import type { ServiceModel } from '../types.js';
import { servicesHere } from './services.js';

export const MAXIMUM_MEASUREMENT_BYTES = 64 * 2 ** 20;
const MOST_SAMPLES = 100_000;
const MOST_CONFIGURATIONS = 200;
export const MEASUREMENT_FORMAT = 'inference-profiler-measurement';

export interface Measurement {
  /** The provider's name of the machine. */
  instance: string;
  /** ISO 8601; null where it does not say. */
  measuredAt: string | null;
  /** Of the model that was measured; null where that was not recorded. */
  contentSha256: string | null;
  /** What ran it there, e.g. `CUDAExecutionProvider`. */
  runtimeProvider: string;
  services: ServiceModel[];
  /** Of the file, for people. */
  file: string;
}

type Fields = Partial<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value.length > 0 && value.length <= 300 ? value : null;

/**
 * `instance` goes before what the file says: a report does not always know where it was made.
 * @throws ExpectedError (input)
 */
export function parseMeasurement(text: string, file: string, instance: string | null = null): Measurement {
  let value: unknown;
  try {
    value = text.length > MAXIMUM_MEASUREMENT_BYTES ? null : JSON.parse(text);
  } catch (error) {
    throw new ExpectedError('input', 'cost.measured.notJson', { file }, { cause: error });
  }
  if (!isObject(value)) throw new ExpectedError('input', 'cost.measured.notMeasured', { file });
  const measurement = value['format'] === MEASUREMENT_FORMAT ? ofScript(value, file) : ofReport(value, file);
  const named = instance ?? measurement.instance;
  if (named === '') throw new ExpectedError('input', 'cost.measured.noInstance', { file });
  if (measurement.services.length === 0) throw new ExpectedError('input', 'cost.measured.notMeasured', { file });
  return { ...measurement, instance: named };
}

/** Of the same model; a measurement of another one fills no row. @throws ExpectedError (input) */
export function checkSameModel(measurement: Measurement, report: Pick<Report, 'model'>): void {
  const { contentSha256 } = report.model;
  if (measurement.contentSha256 === null || contentSha256 === null || measurement.contentSha256 === contentSha256)
    return;
  throw new ExpectedError('input', 'cost.measured.otherModel', { file: measurement.file });
}

function ofScript(value: Fields, file: string): Measurement {
  const capacity = Array.isArray(value['capacity']) ? value['capacity'].slice(0, MOST_CONFIGURATIONS) : [];
  return {
    instance: textOf(value['instance']) ?? '',
    measuredAt: dateOf(value['measuredAt']),
    contentSha256: textOf(value['contentSha256']),
    runtimeProvider: textOf(value['provider']) ?? '',
    services: serviceModels(capacity.flatMap(sampleOf), 'there'),
    file,
  };
}

const dateOf = (value: unknown): string | null => {
  const text = textOf(value);
  return text !== null && !Number.isNaN(Date.parse(text)) ? text : null;
};

const count = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_536 ? value : null;

function sampleOf(value: unknown): CapacitySample[] {
  if (!isObject(value) || !Array.isArray(value['serviceSamplesNs'])) return [];
  const [batch, threads, sessions] = [value['batch'], value['threads'], value['sessions']].map(count);
  if (batch == null || threads == null || sessions == null) return [];
  const serviceSamplesNs = value['serviceSamplesNs']
    .slice(0, MOST_SAMPLES)
    .filter((ns): ns is number => typeof ns === 'number' && Number.isFinite(ns) && ns > 0 && ns < 1e15);
  if (serviceSamplesNs.length === 0) return [];
  return [
    { scenarioId: 'there', batch, threads, sessions, serviceSamplesNs, itemsPerSecond: 0, peakResidentBytes: null },
  ];
}

/** Its first scenario. Only what is needed is read, and that as carefully as if a stranger had written it. */
function ofReport(value: Fields, file: string): Measurement {
  const report = value as Partial<Report>;
  const scenario = Array.isArray(report.scenarios) ? report.scenarios[0] : undefined;
  if (!isObject(scenario) || !isObject(report.model))
    throw new ExpectedError('input', 'cost.measured.notMeasured', { file });
  const assumptions = (report.cost as { assumptions?: Fields } | null | undefined)?.assumptions;
  const thisMachine: unknown = assumptions?.['thisMachine'];
  try {
    return {
      instance: textOf(thisMachine) ?? '',
      measuredAt: dateOf(report.createdAt),
      contentSha256: textOf(report.model.contentSha256),
      runtimeProvider: textOf(scenario.run.provider) ?? '',
      services: servicesHere({ capacity: Array.isArray(report.capacity) ? report.capacity : [] }, scenario),
      file,
    };
  } catch (error) {
    throw new ExpectedError('input', 'cost.measured.notMeasured', { file }, { cause: error });
  }
}
