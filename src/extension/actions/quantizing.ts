import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';

import { ExpectedError } from '../../core/common/errors.js';
import { withQuantizationNote } from '../../core/report/mergeQuantization.js';
import type { Text } from '../../format/text/text.js';
import { decimal } from '../../format/units.js';
import { methodName, planLabel } from '../../format/views/quantization.js';
import type { QuantizationPlan, QuantizationSection, Report } from '../../protocol/report.js';
import type { Message } from '../../protocol/text.js';
import type { ModelSession } from '../session/modelSession.js';
import {
  alternativesRequest,
  pruningRequest,
  recommendedPlan,
  saveRequest,
  trialRequest,
} from '../session/trialRequest.js';
import { withProgress } from '../status/progressNotification.js';
import type { AlternativeModels } from './alternativeModels.js';
import type { ChipQuestions } from './chips.js';
import type { Profiling } from './profiling.js';

/** Beyond it weights are written into a file beside the model. */
const WEIGHTS_BESIDE_ABOVE_BYTES = 1.5 * 2 ** 30;

type Ask = Parameters<ModelSession['quantize']>[0];

/** Trials of quantization and the models that come of them, as the user asks for them. */
export class Quantizing {
  constructor(
    private readonly profiling: Profiling,
    private readonly chips: ChipQuestions,
    private readonly models: AlternativeModels,
    private readonly text: Text,
  ) {}

  /** Shows the panel at once and tries; ends when the trial has ended, however. */
  async tryQuantization(session: ModelSession): Promise<void> {
    if (!(await this.profiling.mayRun(session))) return;
    await session.open();
    const outcome = await withProgress(session, this.text, () => session.quantize(trialRequest), 'quantization');
    if (outcome.kind === 'failed') this.#failed(session);
  }

  /** Samples of the user's own, then another trial with them. */
  async chooseInputs(session: ModelSession): Promise<void> {
    const picks = await this.chips.ask(session, 'input');
    if (!picks) return;
    await session.pick(picks);
    await this.tryQuantization(session);
  }

  /** True classes of the samples: kept with the model's choices, and used at once where something was tried. */
  async addLabels(session: ModelSession): Promise<void> {
    const labels = await this.chips.labels(session);
    if (labels === undefined) return;
    await session.pick({ labels });
    if (hasTrial(session.report)) await this.tryQuantization(session);
  }

  async measurePruning(session: ModelSession): Promise<void> {
    await this.#measure(session, pruningRequest, 'pruning');
  }

  /** Other models of the workspace, as the user picks them. */
  async measureAlternatives(session: ModelSession): Promise<void> {
    const files = await this.models.pick(session);
    if (files.length > 0) await this.#measure(session, (next) => alternativesRequest(next, files), 'alternatives');
  }

  async #measure(session: ModelSession, ask: Ask, task: 'pruning' | 'alternatives'): Promise<void> {
    if (!(await this.profiling.mayRun(session))) return;
    await session.open();
    const outcome = await withProgress(session, this.text, () => session.quantize(ask, task), task);
    if (outcome.kind === 'failed') this.profiling.showFailure(session);
  }

  /** Without a plan: the recommended one, or the one that the user picks. */
  async save(session: ModelSession, planId?: string): Promise<void> {
    await session.open();
    const section = sectionWith(session.report, planId);
    if (!section) {
      await this.#offerTrial(session);
      return;
    }
    const plan = await this.#plan(section, planId);
    const output = plan && (await this.#askWhere(session, plan));
    if (!plan || !output || !(await this.profiling.mayRun(session))) return;
    const ask: Ask = (next) => saveRequest(next, plan, section.scenarioId, output);
    const outcome = await withProgress(session, this.text, () => session.quantize(ask), 'saveQuantized');
    if (outcome.kind === 'failed') this.#failed(session);
    if (outcome.kind === 'tried') await this.#saved(session, plan, output.path, outcome.report);
  }

  async #offerTrial(session: ModelSession): Promise<void> {
    const tryIt = this.text('extension.quantize.try');
    const answer = await vscode.window.showInformationMessage(this.text('extension.quantize.nothing'), tryIt);
    if (answer === tryIt) await this.tryQuantization(session);
  }

  async #plan(section: QuantizationSection, planId: string | undefined): Promise<QuantizationPlan | null> {
    const known = planId === undefined ? recommendedPlan(section) : section.plans.find(({ id }) => id === planId);
    if (known) return known;
    const measured = section.plans.filter((plan) => plan.measured !== null);
    const items = measured.map((plan) => ({ ...planLabel(section, plan, this.text), plan }));
    const picked = await vscode.window.showQuickPick(items, { placeHolder: this.text('extension.quantize.which') });
    return picked?.plan ?? null;
  }

  /** null when the user left the dialog, which itself asks before a file is replaced. */
  async #askWhere(session: ModelSession, plan: QuantizationPlan): Promise<{ path: string; overwrite: boolean } | null> {
    const name = path.basename(session.uri.fsPath).replace(/\.\w+$/, '');
    const target = await vscode.window.showSaveDialog({
      defaultUri: vscode.Uri.joinPath(session.uri, '..', `${name}.${fileWord(plan.method)}.onnx`),
      filters: { [this.text('extension.quantize.filter')]: ['onnx'] },
      title: this.text('extension.quantize.title'),
      saveLabel: this.text('extension.quantize.save'),
    });
    if (!target) return null;
    const file = target.fsPath;
    if (path.resolve(file) === path.resolve(session.uri.fsPath))
      throw new ExpectedError('input', 'quantization.error.isModel', { file: path.basename(file) });
    const weights = `${file}.data`;
    const large = (session.report?.model.weightBytes ?? 0) > WEIGHTS_BESIDE_ABOVE_BYTES;
    if (large && (await exists(weights)) && !(await this.#mayReplace(weights))) return null;
    return { path: file, overwrite: (await exists(file)) || large };
  }

  async #mayReplace(file: string): Promise<boolean> {
    const replace = this.text('extension.quantize.replace');
    const sentence = this.text('extension.quantize.exists', { file: path.basename(file) });
    return (await vscode.window.showWarningMessage(sentence, { modal: true }, replace)) === replace;
  }

  /** What was checked, in words: in the panel and in a message. */
  async #saved(session: ModelSession, plan: QuantizationPlan, file: string, written: Report): Promise<void> {
    const note = savedNote(plan, file, written);
    if (session.report) await session.amend(withQuantizationNote(session.report, plan.id, note));
    const { params } = note;
    const sentence = this.text.message({ ...note, params: { ...params, method: methodName(plan.method, this.text) } });
    const profile = this.text('extension.quantize.profileIt');
    const reveal = this.text('extension.quantize.reveal');
    void vscode.window.showInformationMessage(sentence, profile, reveal).then(async (answer) => {
      const uri = vscode.Uri.file(file);
      if (answer === profile) await vscode.commands.executeCommand('inferenceProfiler.profile', uri);
      if (answer === reveal) await vscode.commands.executeCommand('revealFileInOS', uri);
    });
  }

  #failed(session: ModelSession): void {
    this.profiling.showFailure(session, [
      { label: this.text('extension.quantize.again'), run: () => this.tryQuantization(session) },
    ]);
  }
}

const hasTrial = (report: Report | null): boolean =>
  report?.quantization.some(({ explanation }) => explanation.length > 0) ?? false;

function sectionWith(report: Report | null, planId: string | undefined): QuantizationSection | null {
  const sections = report?.quantization ?? [];
  const measured = sections.filter(({ plans }) => plans.some((plan) => plan.measured !== null));
  if (planId === undefined) return measured[0] ?? null;
  return measured.find(({ plans }) => plans.some(({ id }) => id === planId)) ?? null;
}

/** `int8`, `int4` … for the file's name. */
function fileWord(method: string): string {
  if (method === 'float16') return 'fp16';
  return method.startsWith('weightOnly4') ? 'int4' : 'int8';
}

function savedNote(plan: QuantizationPlan, file: string, written: Report): Message {
  const section = written.quantization[0];
  const decibels = section?.plans[0]?.measured?.sqnrDb ?? null;
  const params = { file: path.basename(file), method: plan.method, layers: plan.assignments.length };
  if (decibels === null || section?.calibration.synthetic === true)
    return { code: 'quantization.note.savedUnknown', params };
  return { code: 'quantization.note.saved', params: { ...params, db: decimal(decibels, 1) } };
}

const exists = async (file: string): Promise<boolean> => (await stat(file).catch(() => null)) !== null;
