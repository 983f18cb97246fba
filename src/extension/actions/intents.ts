import * as vscode from 'vscode';

import type { FromPage } from '../../protocol/webview.js';
import type { Comparing } from '../compare/comparing.js';
import { COMMANDS } from '../ids.js';
import type { Picks } from '../session/choices.js';
import type { ModelSession } from '../session/modelSession.js';
import type { ChipQuestions } from './chips.js';
import type { Costing } from './costing.js';
import type { Profiling } from './profiling.js';
import type { Quantizing } from './quantizing.js';
import type { Reports } from './reports.js';
import type { Runs } from './runs.js';

type QuantizationIntent = Extract<
  FromPage,
  {
    type:
      | 'tryQuantization'
      | 'chooseCalibrationInputs'
      | 'addLabels'
      | 'measurePruning'
      | 'measureAlternatives'
      | 'saveQuantized';
  }
>;

/** Carries out what a page asks for. */
export class Intents {
  constructor(
    private readonly profiling: Profiling,
    private readonly quantizing: Quantizing,
    private readonly reports: Reports,
    private readonly comparing: Comparing,
    private readonly runs: Runs,
    private readonly chips: ChipQuestions,
    private readonly costing: Costing,
  ) {}

  async handle(session: ModelSession, intent: FromPage): Promise<void> {
    switch (intent.type) {
      case 'profile':
        return this.profiling.profile(session);
      case 'measureLonger':
        return this.profiling.measureLonger(session, intent.budgetSeconds);
      case 'inspectOnly':
        return this.profiling.inspect(session);
      case 'tryQuantization':
      case 'chooseCalibrationInputs':
      case 'addLabels':
      case 'measurePruning':
      case 'measureAlternatives':
      case 'saveQuantized':
        return this.#quantization(session, intent);
      case 'stop':
      case 'cancel':
        session[intent.type]();
        return;
      case 'changeChip':
        return this.#changeChip(session, intent);
      case 'changeDimensions':
        return this.#measureWith(session, {
          dimensions: Object.fromEntries(intent.values.map(({ name, value }) => [name, value])),
        });
      case 'remedy':
        return this.#remedy(session, intent.remedy);
      default:
        if (!(await this.costing.handle(session, intent))) await this.#about(session, intent);
    }
  }

  /** What is done with a report, and with the window. */
  async #about(session: ModelSession, intent: FromPage): Promise<void> {
    switch (intent.type) {
      case 'copy':
        await vscode.env.clipboard.writeText(intent.text);
        return;
      case 'export':
        return this.reports.exportTo(session, intent.format);
      case 'copyMarkdown':
        return this.reports.copyMarkdown(session);
      case 'compare':
        return this.comparing.compare(session, intent.with);
      case 'openReport':
        return this.reports.pick();
      case 'openRun':
        return this.runs.openById(session, intent.reportId);
      case 'showLog':
        await vscode.commands.executeCommand(COMMANDS.showLog);
        return;
      // The panel itself answers the others.
      default:
    }
  }

  async #quantization(session: ModelSession, intent: QuantizationIntent): Promise<void> {
    switch (intent.type) {
      case 'saveQuantized':
        return this.quantizing.save(session, intent.planId);
      case 'chooseCalibrationInputs':
        return this.quantizing.chooseInputs(session);
      default:
        return this.quantizing[intent.type](session);
    }
  }

  async changeDimension(session: ModelSession, name?: string): Promise<void> {
    await this.#measureWith(session, await this.chips.dimension(session, name));
  }

  async #changeChip(session: ModelSession, intent: Extract<FromPage, { type: 'changeChip' }>): Promise<void> {
    if (intent.chip === 'dimension') await this.changeDimension(session, intent.name);
    else await this.#measureWith(session, await this.chips.ask(session, intent.chip));
  }

  async #remedy(session: ModelSession, remedy: Extract<FromPage, { type: 'remedy' }>['remedy']): Promise<void> {
    if (remedy.type === 'showLog') await vscode.commands.executeCommand(COMMANDS.showLog);
    else if (remedy.type === 'tryQuantization') await this.quantizing.tryQuantization(session);
    else if (remedy.type === 'changeDimension') await this.changeDimension(session, remedy.name);
    else await this.profiling.remedy(session, remedy);
  }

  async #measureWith(session: ModelSession, picks: Picks | null): Promise<void> {
    if (!picks) return;
    await session.pick(picks);
    await this.profiling.profile(session);
  }
}
