import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';

import type { Text } from '../../format/text/text.js';
import { providerName } from '../../format/views/headline.js';
import type { OptimizationLevel } from '../../protocol/report.js';
import type { InputRequest } from '../../protocol/worker.js';
import type { Picks } from '../session/choices.js';
import type { ModelSession } from '../session/modelSession.js';
import { askPreprocessing, needsPreprocessing } from './imageQuestions.js';

const LARGEST_DIMENSION = 2 ** 31 - 1;
const MAXIMUM_THREADS = 256;
const OPTIMIZATION_LEVELS: readonly OptimizationLevel[] = ['disabled', 'basic', 'extended', 'all'];
const PROVIDERS: Partial<Record<NodeJS.Platform, string[]>> = {
  darwin: ['cpu', 'coreml', 'webgpu'],
  win32: ['cpu', 'dml', 'cuda', 'webgpu'],
  linux: ['cpu', 'cuda', 'webgpu'],
};

export type ChipName = 'provider' | 'threads' | 'optimization' | 'input';

/** Questions behind the chips; each answers with what to pick, or null when the user left it. */
export class ChipQuestions {
  constructor(private readonly text: Text) {}

  async ask(session: ModelSession, chip: ChipName): Promise<Picks | null> {
    switch (chip) {
      case 'provider':
        return this.#provider();
      case 'threads':
        return this.#threads(session);
      case 'optimization':
        return this.#optimization();
      case 'input':
        return this.#input(session);
    }
  }

  /** Without a name, asks which one first, where there are several. */
  async dimension(session: ModelSession, name?: string): Promise<Picks | null> {
    const dimensions = session.choices?.dimensions ?? [];
    if (dimensions.length === 0) {
      void vscode.window.showInformationMessage(this.text('extension.dimension.none'));
      return null;
    }
    const wanted = name ?? (dimensions.length === 1 ? dimensions[0]?.name : await this.#whichDimension(dimensions));
    if (wanted === undefined) return null;
    const current = dimensions.find((each) => each.name === wanted)?.value;
    const answer = await vscode.window.showInputBox({
      title: this.text('extension.dimension.title', { name: wanted }),
      prompt: this.text('extension.dimension.prompt'),
      value: current === undefined ? '' : String(current),
      validateInput: (value) => this.#complaint(value, 1, LARGEST_DIMENSION),
    });
    return answer === undefined ? null : { dimensions: { [wanted]: Number(answer) } };
  }

  async #whichDimension(dimensions: readonly { name: string; value: number }[]): Promise<string | undefined> {
    const items = dimensions.map(({ name, value }) => ({ label: name, description: String(value) }));
    return (await vscode.window.showQuickPick(items, { placeHolder: this.text('extension.dimension.which') }))?.label;
  }

  async #provider(): Promise<Picks | null> {
    const providers = PROVIDERS[process.platform] ?? ['cpu'];
    const items = providers.map((provider) => ({ label: providerName(provider, this.text), provider }));
    const picked = await vscode.window.showQuickPick(items, { placeHolder: this.text('extension.provider.which') });
    return picked ? { provider: picked.provider } : null;
  }

  async #threads(session: ModelSession): Promise<Picks | null> {
    const answer = await vscode.window.showInputBox({
      title: this.text('extension.threads.title'),
      prompt: this.text('extension.threads.prompt', { cores: os.availableParallelism() }),
      value: String(session.options?.threads ?? 0),
      validateInput: (value) => this.#complaint(value, 0, MAXIMUM_THREADS),
    });
    return answer === undefined ? null : { threads: Number(answer) };
  }

  async #optimization(): Promise<Picks | null> {
    const items = OPTIMIZATION_LEVELS.map((level) => ({ label: this.text(`page.optimization.${level}`), level }));
    const picked = await vscode.window.showQuickPick(items, { placeHolder: this.text('extension.optimization.which') });
    return picked ? { optimization: picked.level } : null;
  }

  /** Synthetic data, a file for one input, or a folder of samples for all of them. */
  async #input(session: ModelSession): Promise<Picks | null> {
    const items = (['synthetic', 'file', 'folder'] as const).map((source) => ({
      label: this.text(`extension.input.${source}`),
      source,
    }));
    const picked = await vscode.window.showQuickPick(items, { placeHolder: this.text('extension.input.which') });
    if (!picked) return null;
    if (picked.source === 'synthetic') return { inputs: [] };
    if (picked.source === 'folder') {
      const folder = await this.#openDialog(session, true);
      return folder === null ? null : this.#withPreprocessing(session, [], { name: null, path: folder });
    }
    const names = session.report?.model.inputs.map((input) => input.name) ?? [];
    const name =
      names.length > 1
        ? await vscode.window.showQuickPick(names, { placeHolder: this.text('extension.input.for') })
        : names[0];
    if (name === undefined) return null;
    const file = await this.#openDialog(session, false);
    // Files of the other inputs stay.
    const others = session.options?.inputs.filter((input) => input.name !== null && input.name !== name) ?? [];
    return file === null ? null : this.#withPreprocessing(session, others, { name, path: file });
  }

  /** A CSV of true classes; null: none any more; undefined when the user left it. */
  async labels(session: ModelSession): Promise<string | null | undefined> {
    const known = session.choices?.labels ?? null;
    if (known !== null) {
      const items = (['other', 'none'] as const).map((choice) => ({
        label: this.text(`extension.labels.${choice}`),
        choice,
      }));
      const picked = await vscode.window.showQuickPick(items, {
        placeHolder: this.text('extension.labels.now', { file: known }),
      });
      if (picked?.choice !== 'other') return picked ? null : undefined;
    }
    const chosen = await vscode.window.showOpenDialog({
      canSelectMany: false,
      defaultUri: vscode.Uri.file(path.dirname(session.options?.inputs[0]?.path ?? session.uri.fsPath)),
      title: this.text('extension.labels.title'),
      filters: { [this.text('extension.labels.files')]: ['csv', 'txt'] },
    });
    return chosen?.[0]?.fsPath;
  }

  /** Asked once: the answer is kept with the pick. */
  async #withPreprocessing(session: ModelSession, others: InputRequest[], input: InputRequest): Promise<Picks | null> {
    const known = session.options?.inputs.find((each) => each.preprocessing)?.preprocessing;
    if (!(await needsPreprocessing(session.uri.fsPath, input.path, known))) return { inputs: [...others, input] };
    const preprocessing = await askPreprocessing(this.text);
    return preprocessing === null ? null : { inputs: [...others, { ...input, preprocessing }] };
  }

  async #openDialog(session: ModelSession, folder: boolean): Promise<string | null> {
    const chosen = await vscode.window.showOpenDialog({
      canSelectFiles: !folder,
      canSelectFolders: folder,
      canSelectMany: false,
      defaultUri: vscode.Uri.file(path.dirname(session.uri.fsPath)),
      ...(folder
        ? {}
        : { filters: { [this.text('extension.input.samples')]: ['npy', 'npz', 'pb', 'png', 'jpg', 'jpeg', 'txt'] } }),
    });
    return chosen?.[0]?.fsPath ?? null;
  }

  #complaint(value: string, lowest: number, highest: number): string | undefined {
    const number = /^\s*\d{1,10}\s*$/.test(value) ? Number(value) : NaN;
    if (number >= lowest && number <= highest) return undefined;
    return this.text('extension.number.invalid', { lowest, highest });
  }
}
