import type { Failure } from '../protocol/text.js';

export const ExitCode = {
  done: 0,
  gateFailed: 1,
  /** The call or the input file is wrong. */
  input: 2,
  /** The runtime refused or failed the model. */
  runtime: 3,
  /** Stopped or cancelled, or a time or memory limit was reached. */
  stopped: 4,
  bug: 70,
} as const;

export function exitCodeOf(failure: Failure): number {
  if (failure.kind === 'cancelled') return ExitCode.stopped;
  if (failure.kind === 'bug') return ExitCode.bug;
  switch (failure.reason) {
    case 'runtime':
      return ExitCode.runtime;
    case 'limit':
      return ExitCode.stopped;
    default:
      return ExitCode.input;
  }
}
