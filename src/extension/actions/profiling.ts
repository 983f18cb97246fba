import * as vscode from 'vscode';

import { aboutBytes, aboutDuration } from '../../format/approximate.js';
import type { Text } from '../../format/text/text.js';
import type { PageRemedy, RunNeeds } from '../../protocol/webview.js';
import type { Panels } from '../panel/panels.js';
import type { FailureReporter, Remedy } from '../platform/failures.js';
import type { ModelSession, RunOverrides } from '../session/modelSession.js';
import type { Sessions } from '../session/sessions.js';
import { withProgress } from '../status/progressNotification.js';

/** The main job and its variants, as the user starts them. */
export class Profiling {
  /** Told of every run that ended with a result. */
  measured: (session: ModelSession) => unknown = () => undefined;

  constructor(
    private readonly sessions: Sessions,
    private readonly panels: Panels,
    private readonly failures: FailureReporter,
    private readonly text: Text,
  ) {}

  /** Shows the panel at once and measures; ends when the run has ended, however. */
  async profile(session: ModelSession, overrides: RunOverrides = {}): Promise<void> {
    if (!(await this.mayRun(session))) return;
    const outcome = await withProgress(session, this.text, () => session.profile(overrides));
    if (outcome === 'measured') void this.measured(session);
    if (outcome === 'failed') this.showFailure(session, this.#remedies(session));
  }

  /** Shows the panel at once; whether something may run then, which needs a trusted workspace and a session at rest. */
  async mayRun(session: ModelSession): Promise<boolean> {
    this.#front(session);
    if (session.isBusy) return false;
    if (vscode.workspace.isTrusted) return true;
    await this.#explainTrust(session);
    return false;
  }

  async inspect(session: ModelSession): Promise<void> {
    this.#front(session);
    await session.inspect();
    this.showFailure(session);
  }

  /** What is known, without running: the newest report, else the structure. */
  async open(session: ModelSession): Promise<void> {
    this.#front(session);
    await session.open();
    this.showFailure(session);
  }

  /** Longer than last time, so that a percentile that was not supported may be. */
  async measureLonger(session: ModelSession, budgetSeconds?: number): Promise<void> {
    const last = session.report?.scenarios[0]?.run.budgetSeconds ?? session.options?.budgetSeconds ?? 10;
    await this.profile(session, { budgetSeconds: budgetSeconds ?? last * 3 });
  }

  /** The CPU and whatever else the runtime has here, one after the other. */
  async compareProviders(session: ModelSession): Promise<void> {
    await this.profile(session, { provider: 'cpu', compareProviders: ['all'] });
  }

  async remedy(session: ModelSession, remedy: PageRemedy): Promise<void> {
    switch (remedy.type) {
      case 'profileWithMemory':
        return this.profile(session, { memoryLimitBytes: remedy.memoryLimitMiB * 2 ** 20 });
      case 'useDimensions':
        await session.pick({
          dimensions: Object.fromEntries(remedy.dimensions.map((each) => [each.name, each.value])),
        });
        return this.profile(session);
      case 'inspectOnly':
        return this.inspect(session);
      default:
        return this.profile(session);
    }
  }

  /** Asked before a large load; closing the message is a no. */
  async confirm(needs: RunNeeds): Promise<'profile' | 'inspect' | 'cancel'> {
    const profile = this.text('extension.action.profile');
    const inspect = this.text('extension.action.inspectOnly');
    const sentence = this.text('extension.needs', {
      needs: aboutBytes(needs.aboutBytes),
      free: aboutBytes(needs.freeBytes),
      time: aboutDuration(needs.aboutSeconds),
    });
    const answer = await vscode.window.showWarningMessage(sentence, profile, inspect);
    return answer === profile ? 'profile' : answer === inspect ? 'inspect' : 'cancel';
  }

  #front(session: ModelSession): void {
    this.sessions.setActive(session);
    this.panels.show(session);
  }

  /** The page says it with its remedies; a message besides would say it twice. */
  showFailure(session: ModelSession, remedies: readonly Remedy[] = []): void {
    if (!session.failure) return;
    if (this.panels.isVisible(session)) this.failures.note(session.failure);
    else this.failures.show(session.failure, remedies);
  }

  #remedies(session: ModelSession): Remedy[] {
    if (session.failure?.reason === 'input') return [];
    const again = { label: this.text('extension.action.profileAgain'), run: () => this.profile(session) };
    return session.failure?.kind === 'expected' ? [again] : [];
  }

  async #explainTrust(session: ModelSession): Promise<void> {
    const manage = this.text('extension.action.manageTrust');
    const inspect = this.text('extension.action.inspectOnly');
    const answer = await vscode.window.showWarningMessage(this.text('extension.trust'), manage, inspect);
    if (answer === manage) await vscode.commands.executeCommand('workbench.trust.manage');
    if (answer === inspect) await this.inspect(session);
  }
}
