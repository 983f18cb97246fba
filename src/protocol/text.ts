/** Text that a person will read, on its way there: a code of the catalogue and its parameters. */

export type TextParameter = string | number;
export type TextParameters = Readonly<Record<string, TextParameter>>;

export interface Message {
  code: string;
  params: Record<string, TextParameter>;
}

/** cancelled: quiet. expected: what is wrong, where, what to do. bug: ours; short text, stack in the log. */
export type FailureKind = 'cancelled' | 'expected' | 'bug';

/**
 * What an expected failure is about; fixes the command line's exit code.
 * input: the call or the file is wrong (2). runtime: the runtime refused or failed the model (3).
 * limit: stopped by a time or memory limit (4).
 */
export type FailureReason = 'input' | 'runtime' | 'limit';

/** A failure as it crosses a process boundary. */
export interface Failure {
  kind: FailureKind;
  reason: FailureReason | null;
  message: Message;
  /** For the log only; never shown. */
  stack: string | null;
}
