/** What training took, and what it adds to a request over the planned volume. */

import type { Range, TrainingShare } from '../../../protocol/cost.js';
import type { TrainingSettings } from '../../../protocol/settings.js';
import type { Message } from '../../../protocol/text.js';
import { SECONDS_PER_MONTH } from './assumptions.js';

/** Forward once, backward twice as much. */
const PASSES = 3;
/** Of an accelerator's dense peak, what training reaches: between a careless and a tuned run. */
const UTILIZATION: Range = [0.15, 0.5];

/** Dense half-precision peaks that were read, in FLOP/s. */
const PEAKS: readonly [name: RegExp, flopPerSecond: number][] = [
  [/\bT4\b/i, 65.13e12],
  [/\bA100\b/i, 312e12],
  [/\bL40S\b/i, 362e12],
  [/H100.*PCIe/i, 756e12],
  [/\bH[12]00\b/i, 989e12],
];

const peakOf = (accelerator: string): number | null => PEAKS.find(([name]) => name.test(accelerator))?.[1] ?? null;

/** `macs`: of one item. null where nothing is known of the training or of the model's MACs. */
export function trainingShare(
  settings: TrainingSettings | null,
  macs: number | null,
  rate: number | null,
): TrainingShare | null {
  if (!settings) return null;
  const { samples, epochs, accelerator, usdPerHour = null, months = null } = settings;
  const notes: Message[] = [{ code: 'cost.training.range', params: {} }];
  const peak = peakOf(accelerator);
  if (macs === null || peak === null) return null;
  const flop = 2 * macs * samples * epochs * PASSES;
  const acceleratorHours: Range = [flop / (peak * UTILIZATION[1]) / 3600, flop / (peak * UTILIZATION[0]) / 3600];
  const usd: Range | null =
    usdPerHour === null ? null : [acceleratorHours[0] * usdPerHour, acceleratorHours[1] * usdPerHour];
  if (usd === null) notes.push({ code: 'cost.training.noPrice', params: {} });
  const requests = rate !== null && rate > 0 && months !== null ? rate * SECONDS_PER_MONTH * months : null;
  if (requests === null) notes.push({ code: 'cost.training.noVolume', params: {} });
  return {
    samples,
    epochs,
    accelerator,
    acceleratorHours,
    usd,
    usdPerHour,
    usdPerMillion: usd && requests !== null ? [(usd[0] * 1e6) / requests, (usd[1] * 1e6) / requests] : null,
    months,
    notes,
  };
}
