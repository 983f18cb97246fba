import type { TextCode } from '../../format/text/catalogue.js';
import type { Failure, FailureReason, Message, TextParameters } from '../../protocol/text.js';

/** Something a user can act on: what is wrong, where, what to do. Crosses processes as a `Failure`. */
export class ExpectedError extends Error {
  readonly kind = 'expected';
  readonly failureMessage: Message;

  constructor(
    readonly reason: FailureReason,
    code: TextCode,
    params: TextParameters = {},
    options?: ErrorOptions,
  ) {
    super(`${code} ${JSON.stringify(params)}`, options);
    this.name = 'ExpectedError';
    this.failureMessage = { code, params: { ...params } };
  }
}

/** The user cancelled; nothing is shown. */
export class CancelledError extends Error {
  readonly kind = 'cancelled';

  constructor() {
    super('cancelled');
    this.name = 'CancelledError';
  }
}

/** A failure that came from another process, as an error of this one. */
export class RemoteError extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message.code);
    this.name = 'RemoteError';
  }
}

/** By shape, not `instanceof`: bundles have copies of these classes. Whatever is not one of ours is a bug. */
export function toFailure(error: unknown): Failure {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (error instanceof Error && 'failure' in error) return (error as RemoteError).failure;
  const kind = error instanceof Error && 'kind' in error ? (error as { kind: unknown }).kind : undefined;
  if (kind === 'cancelled')
    return { kind: 'cancelled', reason: null, message: { code: 'error.cancelled', params: {} }, stack: null };
  if (kind === 'expected') {
    const known = error as ExpectedError;
    return { kind: 'expected', reason: known.reason, message: known.failureMessage, stack };
  }
  const text = error instanceof Error ? error.message : String(error);
  return { kind: 'bug', reason: null, message: { code: 'error.bug', params: { text } }, stack };
}
