/** What the experiment says on its way. */

import type { PhaseProgress, ProfilePhase } from '../../protocol/worker.js';
import { ExpectedError } from '../common/errors.js';
import { oneLine } from '../common/oneLine.js';
import type { ProfileEvent } from './types.js';

export function progress(
  phase: ProfilePhase,
  state: PhaseProgress['state'],
  more: Partial<PhaseProgress> = {},
): ProfileEvent {
  const counts = { done: null, total: null, unit: null, round: null, remainingMs: null };
  return { type: 'progress', progress: { phase, state, ...counts, ...more } };
}

/** What the runtime said, for a sentence of ours. Errors that are no refusal are bugs and go on. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof ExpectedError)) throw error;
  const { text } = error.failureMessage.params;
  return oneLine(typeof text === 'string' ? text : error.failureMessage.code);
}
