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
}

export function edgeOf(
  devices: readonly EdgeDevice[],
  { rate, headroomPercent }: Pick<CostAssumptions, 'rate' | 'headroomPercent'>,
  cloud: CloudMonth | null,
): EdgeOption[] {
  return devices.map((device) => {
    const measured = device.requestsPerSecond ?? null;
    const needed =
      measured === null || measured <= 0 || rate === null
        ? null
        : Math.max(1, Math.ceil(rate / (measured * (1 - headroomPercent / 100)) - 1e-9));
    const watts: Range = typeof device.watts === 'number' ? [device.watts, device.watts] : device.watts;
    const running = runningOf(device, watts);
    const whole: Range = [
      running[0] + device.priceUsd / device.lifetimeMonths,
      running[1] + device.priceUsd / device.lifetimeMonths,
    ];
    return {
      name: device.name,
      priceUsd: device.priceUsd,
      watts,
      lifetimeMonths: device.lifetimeMonths,
      source: device.source ?? '',
      devices: needed,
      usdPerMonth: times(whole, needed ?? 1),
      energyUsdPerMonth: times(energyUsd(device, watts), needed ?? 1),
      trafficShare: needed === null ? null : 1,
      breakEvenMonths:
        needed === null || !cloud ? null : breakEven(device.priceUsd * needed, times(running, needed), cloud),
      otherUsdPerMonth: device.otherUsdPerMonth ?? null,
      reason: reasonOf(needed, rate, whole, cloud),
    };
  });
}

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
function breakEven(priceUsd: number, running: Range, { usdPerMonth }: CloudMonth): Range | null {
  const soonest = usdPerMonth[1] - running[0];
  const latest = usdPerMonth[0] - running[1];
  return latest > 0 && soonest > 0 ? [priceUsd / soonest, priceUsd / latest] : null;
}

/** Why there is no month, and what would decide it. */
function reasonOf(needed: number | null, rate: number | null, whole: Range, cloud: CloudMonth | null): Message | null {
  if (rate === null) return { code: 'cost.edge.noRate', params: {} };
  if (!cloud) return { code: 'cost.edge.noCloud', params: {} };
  if (needed !== null) return null;
  // It pays when it carries at least the share of the bill that it costs itself.
  const least = cloud.usdPerMonth[0] > 0 ? (rate * whole[1]) / cloud.usdPerMonth[0] : 0;
  return { code: 'cost.edge.notMeasured', params: { rate: significant(least) } };
}

/** Three significant digits: a message carries what it shows. */
export const significant = (value: number): number => (value === 0 ? 0 : Number(value.toPrecision(3)));
