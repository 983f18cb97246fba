/** What answers rest on, from flags, the workspace file and the panel; checked, with nothing made up. */

import type { CostAssumptions } from '../../../protocol/cost.js';
import type { ServingSettings } from '../../../protocol/settings.js';

export const HOURS_PER_MONTH = 730;
export const SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600;
const MOST_RATE = 1e12;
const MOST_TARGET_MS = 1e9;
const MOST_BATCH = 1024;
const MOST_DELAY_MS = 60_000;

/** What holds where nobody says otherwise; no rate and no target, since nobody can know them. */
export const NO_ASSUMPTIONS: CostAssumptions = {
  rate: null,
  hourly: null,
  targetMs: null,
  percentile: 95,
  region: null,
  instances: null,
  headroomPercent: 30,
  spareReplicas: 0,
  purchase: 'onDemand',
  maxBatch: 1,
  queueDelayMs: 0,
  thisMachine: null,
};

/** `settings` over `before`; what it leaves out stays. */
export function assumptionsFrom(settings: ServingSettings, before: CostAssumptions = NO_ASSUMPTIONS): CostAssumptions {
  const { rate, hourly } = settings;
  const traffic =
    hourly !== undefined ? { hourly, rate: peakOf(hourly) } : rate !== undefined ? { hourly: null, rate } : {};
  const keys = [
    'targetMs',
    'percentile',
    'region',
    'instances',
    'headroomPercent',
    'spareReplicas',
    'purchase',
    'maxBatch',
    'queueDelayMs',
  ] as const;
  const given = Object.fromEntries(
    [...keys, 'thisMachine' as const].flatMap((key) => (settings[key] === undefined ? [] : [[key, settings[key]]])),
  ) as Partial<CostAssumptions>;
  return checked({ ...before, ...given, ...traffic });
}

const peakOf = (hourly: readonly number[]): number => hourly.reduce((most, rate) => Math.max(most, rate), 0);

/** With every figure inside its bounds; what is not a figure counts as not set. */
export function checked(from: CostAssumptions): CostAssumptions {
  const hourly =
    from.hourly && [24, 168].includes(from.hourly.length) && from.hourly.every((rate) => within(rate, 0, MOST_RATE))
      ? from.hourly
      : null;
  return {
    ...from,
    hourly,
    rate: hourly ? peakOf(hourly) : numberOr(from.rate, 0, MOST_RATE, null),
    targetMs: from.targetMs !== null && from.targetMs > 0 ? numberOr(from.targetMs, 0, MOST_TARGET_MS, null) : null,
    percentile: numberOr(from.percentile, 50, 99.9, NO_ASSUMPTIONS.percentile),
    headroomPercent: numberOr(from.headroomPercent, 0, 95, NO_ASSUMPTIONS.headroomPercent),
    spareReplicas: Math.floor(numberOr(from.spareReplicas, 0, 100, 0)),
    maxBatch: Math.floor(numberOr(from.maxBatch ?? 1, 1, MOST_BATCH, 1)),
    queueDelayMs: numberOr(from.queueDelayMs ?? 0, 0, MOST_DELAY_MS, 0),
    region: from.region === '' ? null : from.region,
    instances: from.instances?.trim() === '' ? null : from.instances,
    thisMachine: from.thisMachine === '' ? null : from.thisMachine,
  };
}

const within = (value: number, low: number, high: number): boolean =>
  Number.isFinite(value) && value >= low && value <= high;

const numberOr = <T>(value: number | null, low: number, high: number, otherwise: T): number | T =>
  value !== null && within(value, low, high) ? value : otherwise;
