/** Flags of `quantize` alone. */

import { ExpectedError } from '../core/common/errors.js';
import { PLAN_METHODS } from '../core/quantization/types.js';
import type { QuantizeSettings } from '../protocol/worker.js';
import type { RunFlags } from './flags.js';

export interface QuantizeFlags extends RunFlags {
  out?: string;
  calibration: QuantizeSettings['calibration'];
  targetDb: number;
  method?: string;
  samples: number;
  labels?: string;
  pruning?: boolean;
  alternatives?: string[];
}

export const QUANTIZE_DEFAULTS = { calibration: 'minMax', targetDb: 20, samples: 64 } as const;

const CALIBRATIONS: readonly QuantizeSettings['calibration'][] = ['minMax', 'percentile', 'entropy'];

export function readCalibration(text: string): QuantizeSettings['calibration'] {
  const found = CALIBRATIONS.find((each) => each.toLowerCase() === text.toLowerCase());
  if (!found) throw new ExpectedError('input', 'cli.flag.calibration', { text });
  return found;
}

/** In any case of letters. @throws ExpectedError (input), which names them all. */
export function readMethod(text: string): string {
  const found = PLAN_METHODS.find((each) => each.toLowerCase() === text.toLowerCase());
  if (!found) throw new ExpectedError('input', 'cli.flag.method', { text, methods: PLAN_METHODS.join(', ') });
  return found;
}
