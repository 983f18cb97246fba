/** Devices at the edge against machines in the cloud: when the purchase has paid for itself. */

import type { CostAssumptions, EdgeDevice, EdgeOption, Range } from '../../../protocol/cost.js';
import type { Message } from '../../../protocol/text.js';

/** 730 hours of one watt. */
const KWH_PER_WATT_MONTH = 0.73;
/** Businesses of the world, second quarter of 2025 (globalpetrolprices.com): to be replaced by one's own. */
export const USUAL_USD_PER_KWH = 0.161;

/** Devices whose price was read; the user's own go before them. */
export const KNOWN_DEVICES: readonly EdgeDevice[] = [
  {
    name: 'NVIDIA Jetson Orin Nano 8GB Super developer kit',
    priceUsd: 249,
    watts: [7, 25],
    lifetimeMonths: 36,
    source: 'list price of December 2024; memory has become dearer since',
  },
];

/** A month of the cloud: of the cheapest machine that is sure, or the range of what was only projected. */
export interface CloudMonth {
  usdPerMonth: Range;
  /** Of a part of the rate; null where only projections are known, or that part cannot be served. */
  usdPerMonthAt(rate: number): Range | null;
}

export function edgeOf(
  devices: readonly EdgeDevice[],
  assumptions: Pick<CostAssumptions, 'rate' | 'headroomPercent'>,
  cloud: CloudMonth | null,
): EdgeOption[] {
  return devices.map((device) => {
    const watts: Range = typeof device.watts === 'number' ? [device.watts, device.watts] : device.watts;
    const running = runningOf(device, watts);
    const whole: Range = [
      running[0] + device.priceUsd / device.lifetimeMonths,
      running[1] + device.priceUsd / device.lifetimeMonths,
    ];
    const { count, share } = carriedBy(device, assumptions);
    const rest = restOf(share, assumptions.rate, cloud);
    const saved = cloud && rest && less(cloud.usdPerMonth, rest);
    return {
      name: device.name,
      priceUsd: device.priceUsd,
      watts,
      lifetimeMonths: device.lifetimeMonths,
      source: device.source ?? '',
      devices: count,
      usdPerMonth: times(whole, count ?? 1),
      energyUsdPerMonth: times(energyUsd(device, watts), count ?? 1),
      trafficShare: share,
      restUsdPerMonth: share === null || share === 1 ? null : rest,
      breakEvenMonths:
        count === null || !saved ? null : breakEven(device.priceUsd * count, times(running, count), saved),
      otherUsdPerMonth: device.otherUsdPerMonth ?? null,
      reason: reasonOf({ count, rest }, assumptions.rate, whole, cloud),
    };
  });
}

/** Devices, and the share of the traffic that they carry with the headroom kept. */
function carriedBy(
  { requestsPerSecond = null, count }: EdgeDevice,
  { rate, headroomPercent }: Pick<CostAssumptions, 'rate' | 'headroomPercent'>,
): { count: number | null; share: number | null } {
  if (requestsPerSecond === null || requestsPerSecond <= 0 || rate === null) return { count: null, share: null };
  const carries = requestsPerSecond * (1 - headroomPercent / 100);
  const bought = count ?? Math.max(1, Math.ceil(rate / carries - 1e-9));
  return { count: bought, share: rate <= bought * carries ? 1 : (bought * carries) / rate };
}

/** What the cloud still takes; null: not known. */
function restOf(share: number | null, rate: number | null, cloud: CloudMonth | null): Range | null {
  if (share === null || rate === null) return null;
  return share === 1 ? [0, 0] : (cloud?.usdPerMonthAt(rate * (1 - share)) ?? null);
}

const less = (from: Range, rest: Range): Range => [from[0] - rest[1], from[1] - rest[0]];

const times = ([low, high]: Range, factor: number): Range => [low * factor, high * factor];

const energyUsd = ({ usdPerKwh = USUAL_USD_PER_KWH }: EdgeDevice, watts: Range): Range =>
  times(watts, KWH_PER_WATT_MONTH * usdPerKwh);

/** What it takes every month once it is bought. */
function runningOf(device: EdgeDevice, watts: Range): Range {
  const other = device.otherUsdPerMonth ?? 0;
  const [low, high] = energyUsd(device, watts);
  return [low + other, high + other];
}

/** null: it never pays. */
function breakEven(priceUsd: number, running: Range, saved: Range): Range | null {
  const soonest = saved[1] - running[0];
  const latest = saved[0] - running[1];
  return latest > 0 && soonest > 0 ? [priceUsd / soonest, priceUsd / latest] : null;
}

/** Why there is no month, and what would decide it. */
function reasonOf(
  { count, rest }: { count: number | null; rest: Range | null },
  rate: number | null,
  whole: Range,
  cloud: CloudMonth | null,
): Message | null {
  if (rate === null) return { code: 'cost.edge.noRate', params: {} };
  if (!cloud) return { code: 'cost.edge.noCloud', params: {} };
  if (count !== null) return rest ? null : { code: 'cost.edge.restUnknown', params: {} };
  // It pays when it carries at least the share of the bill that it costs itself.
  const least = cloud.usdPerMonth[0] > 0 ? (rate * whole[1]) / cloud.usdPerMonth[0] : 0;
  return { code: 'cost.edge.notMeasured', params: { rate: significant(least) } };
}

/** Three significant digits: a message carries what it shows. */
export const significant = (value: number): number => (value === 0 ? 0 : Number(value.toPrecision(3)));
