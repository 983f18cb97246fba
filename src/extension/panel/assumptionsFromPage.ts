import type { CostAssumptions } from '../../protocol/cost.js';
import type { FromPage } from '../../protocol/webview.js';

const MAXIMUM_WORDS = 200;

const within =
  (lowest: number, highest: number) =>
  (value: unknown): boolean =>
    typeof value === 'number' && value >= lowest && value <= highest;
const orNone =
  (check: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === null || check(value);
const words = orNone((value) => typeof value === 'string' && value.length <= MAXIMUM_WORDS);

/** Of a day or of a week. */
const HOURS = [24, 168];
const hours = (value: unknown): boolean =>
  Array.isArray(value) && HOURS.includes(value.length) && value.every(within(0, 1e12));

/** What a page may change, and what each may be. */
const CHECKS: Partial<Record<keyof CostAssumptions, (value: unknown) => boolean>> = {
  rate: orNone(within(0, 1e12)),
  hourly: orNone(hours),
  targetMs: orNone(within(0, 1e12)),
  percentile: within(50, 99.9),
  headroomPercent: within(0, 95),
  spareReplicas: within(0, 100),
  maxBatch: within(1, 1024),
  queueDelayMs: within(0, 60_000),
  region: words,
  instances: words,
  thisMachine: words,
  purchase: (value) => value === 'onDemand' || value === 'spot',
};

/** The assumptions that a page may change, each within its bounds; null where one of them is not. */
export function parseAssumptions(value: unknown): FromPage | null {
  if (typeof value !== 'object' || value === null) return null;
  const fields = value as Partial<Record<keyof CostAssumptions, unknown>>;
  const names = (Object.keys(CHECKS) as (keyof CostAssumptions)[]).filter((name) => fields[name] !== undefined);
  if (!names.every((name) => CHECKS[name]?.(fields[name]) === true)) return null;
  const change: Partial<CostAssumptions> = Object.fromEntries(names.map((name) => [name, fields[name]]));
  return { type: 'changeAssumptions', change };
}
