import * as vscode from 'vscode';

import { toFailure } from '../../core/common/errors.js';
import type { Logger } from '../../core/common/logger.js';
import type { Text } from '../../format/text/text.js';
import type { Failure } from '../../protocol/text.js';
import { COMMANDS } from '../ids.js';

/** A way out that a message offers. */
export interface Remedy {
  label: string;
  run(): unknown;
}

/**
 * The one place where errors meet the user. Cancelled: quiet. Expected: its sentence, with remedies. Bug: a short
 * sentence, the stack in the log. Every one but the first offers the log.
 */
export class FailureReporter {
  constructor(
    private readonly text: Text,
    private readonly log: Logger,
  ) {}

  /** Returns at once; the message stays until the user answers. */
  show(failure: Failure, remedies: readonly Remedy[] = []): void {
    this.note(failure);
    if (failure.kind === 'cancelled') return;
    void this.#ask(failure, remedies);
  }

  /** For what nobody waits for: into the log only. */
  note(failure: Failure): void {
    if (failure.kind === 'cancelled') return;
    const sentence = this.text.message(failure.message);
    if (failure.kind === 'bug') this.log.error(`${sentence}\n${failure.stack ?? ''}`);
    else this.log.warn(sentence);
  }

  /** A function whose errors end here. */
  guard<A extends unknown[]>(run: (...args: A) => unknown): (...args: A) => Promise<void> {
    return async (...args) => {
      try {
        await run(...args);
      } catch (error) {
        this.show(toFailure(error));
      }
    };
  }

  async #ask(failure: Failure, remedies: readonly Remedy[]): Promise<void> {
    const showLog = this.text('extension.action.showLog');
    const sentence = this.text.message(failure.message);
    const chosen = await vscode.window.showErrorMessage(sentence, ...remedies.map((each) => each.label), showLog);
    if (chosen === showLog) await vscode.commands.executeCommand(COMMANDS.showLog);
    else await remedies.find((each) => each.label === chosen)?.run();
  }
}
