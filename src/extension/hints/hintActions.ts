import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';

import type { HintAction } from '../../core/configs/hints/hint.js';
import type { Text } from '../../format/text/text.js';
import type { Profiling } from '../actions/profiling.js';
import type { Target } from '../actions/target.js';
import { SETTINGS_SECTION, WORKSPACE_FILE_NAME } from '../ids.js';
import type { Sessions } from '../session/sessions.js';
import type { ServingChoices } from '../session/servingChoices.js';

const MUTED_KEY = 'hints.muted';
const MOST_MUTED = 500;
const HIGHEST_RATE = 1e7;

/** `mute` is the editor's own: the core knows no files that are not to be warned in. */
type Action = HintAction | { type: 'mute'; uri: string };

export interface HintActionServices {
  sessions: Sessions;
  profiling: Profiling;
  target: Target;
  choices: ServingChoices;
  memento: vscode.Memento;
  text: Text;
  /** Something that hints are made from has changed. */
  changed(): void;
}

/** What links, lenses and fixes of hints do. Nothing runs but what the user asked for by name. */
export class HintActions {
  constructor(private readonly services: HintActionServices) {}

  get choices(): ServingChoices {
    return this.services.choices;
  }

  isMuted = (uri: vscode.Uri): boolean => this.#muted.includes(uri.toString());

  get #muted(): string[] {
    return this.services.memento.get<string[]>(MUTED_KEY, []);
  }

  async act(argument: unknown): Promise<void> {
    const action = actionOf(argument);
    if (!action) return;
    const { sessions, profiling, target } = this.services;
    switch (action.type) {
      case 'openCost':
      case 'openReport':
      case 'compareInstances':
        return profiling.open(sessions.get(vscode.Uri.file(action.modelPath)));
      case 'profile': {
        const uri = action.modelPath === null ? await target.model(undefined) : vscode.Uri.file(action.modelPath);
        return uri ? profiling.profile(sessions.get(uri)) : undefined;
      }
      case 'measureThere':
        return this.#copyCommand(action.modelPath);
      case 'setRate':
        return this.setRate();
      case 'addPrice':
        return this.#openPrices();
      case 'turnOff':
        return this.turnOff();
      case 'mute':
        await this.services.memento.update(MUTED_KEY, [...this.#muted, action.uri].slice(-MOST_MUTED));
        this.services.changed();
    }
  }

  async setRate(): Promise<void> {
    const { choices, text } = this.services;
    const known = choices.get().rate;
    const answer = await vscode.window.showInputBox({
      title: text('hints.rate.title'),
      ...(known !== undefined && { value: String(known) }),
      validateInput: (value) => (rateOf(value) === null ? text('hints.rate.invalid') : null),
    });
    const rate = answer === undefined ? null : rateOf(answer);
    if (rate === null) return;
    await choices.set({ rate });
    this.services.changed();
  }

  async toggle(): Promise<void> {
    const configuration = vscode.workspace.getConfiguration(SETTINGS_SECTION);
    await configuration.update('hints', !configuration.get<boolean>('hints', true), vscode.ConfigurationTarget.Global);
  }

  async turnOff(): Promise<void> {
    const { text } = this.services;
    const configuration = vscode.workspace.getConfiguration(SETTINGS_SECTION);
    await configuration.update('hints', false, vscode.ConfigurationTarget.Global);
    const on = text('hints.turnOn');
    const answer = await vscode.window.showInformationMessage(text('hints.turnedOff'), on);
    if (answer === on) await configuration.update('hints', undefined, vscode.ConfigurationTarget.Global);
  }

  async #copyCommand(modelPath: string): Promise<void> {
    await vscode.env.clipboard.writeText(
      `inference-profiler profile ${quoted(path.basename(modelPath))} --json measured.json`,
    );
    void vscode.window.showInformationMessage(this.services.text('hints.measure.copied'));
  }

  /** The workspace's own list; made with its columns where there is none yet. */
  async #openPrices(): Promise<void> {
    const folder = vscode.workspace.workspaceFolders?.[0];
    if (!folder) return;
    const settings = vscode.Uri.joinPath(folder.uri, WORKSPACE_FILE_NAME);
    const before = await readFile(settings.fsPath, 'utf8').catch(() => '{}\n');
    const { applyEdits, modify, parse } = await import('jsonc-parser');
    const known = (parse(before) as { serving?: { prices?: unknown } } | undefined)?.serving?.prices;
    const name = typeof known === 'string' ? known : 'inference-profiler.prices.csv';
    const file = vscode.Uri.joinPath(folder.uri, name);
    const exists = await vscode.workspace.fs.stat(file).then(
      () => true,
      () => false,
    );
    if (!exists) await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(PRICE_COLUMNS));
    if (known === undefined) {
      const formattingOptions = { insertSpaces: true, tabSize: 2 };
      const edits = modify(before, ['serving', 'prices'], name, { formattingOptions });
      await vscode.workspace.fs.writeFile(settings, new TextEncoder().encode(applyEdits(before, edits)));
    }
    await vscode.window.showTextDocument(file);
  }
}

const PRICE_COLUMNS = 'provider,instance,region,usdPerHour,vcpus,memoryGiB,service,asOf,source\n';

function rateOf(text: string): number | null {
  const value = /^\s*\d{1,8}(\.\d{1,4})?\s*$/.test(text) ? Number(text) : NaN;
  return value > 0 && value <= HIGHEST_RATE ? value : null;
}

const quoted = (name: string): string => (/^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`);

const PLAIN = ['setRate', 'addPrice', 'turnOff'] as const;
const WITH_MODEL = ['openReport', 'compareInstances', 'measureThere'] as const;

/** Whoever calls a command may hand it anything. */
function actionOf(value: unknown): Action | null {
  if (typeof value !== 'object' || value === null) return null;
  const { type, modelPath, uri, instance } = value as Record<string, unknown>;
  const plain = PLAIN.find((each) => each === type);
  if (plain) return { type: plain };
  if (type === 'mute') return typeof uri === 'string' ? { type, uri } : null;
  if (type === 'profile' && modelPath === null) return { type, modelPath: null };
  if (typeof modelPath !== 'string') return null;
  if (type === 'profile') return { type, modelPath };
  if (type === 'openCost')
    return { type, modelPath, instance: typeof instance === 'string' ? instance : null, replicas: null };
  const named = WITH_MODEL.find((each) => each === type);
  return named ? { type: named, modelPath } : null;
}
