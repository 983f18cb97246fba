import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';

import type { HintAction } from '../../core/configs/hints/hint.js';
import type { Text } from '../../format/text/text.js';
import type { Costing } from '../actions/costing.js';
import type { Profiling } from '../actions/profiling.js';
import type { Target } from '../actions/target.js';
import { SETTINGS_SECTION, WORKSPACE_FILE_NAME } from '../ids.js';
import type { Sessions } from '../session/sessions.js';
import type { ServingChoices } from '../session/servingChoices.js';

const MUTED_KEY = 'hints.muted';
const MOST_MUTED = 500;
const HIGHEST = 1e7;

/** `mute` is the editor's own: the core knows no files that are not to be warned in. */
type Action = HintAction | { type: 'mute'; uri: string };

export interface HintActionServices {
  sessions: Sessions;
  costing: Costing;
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
      case 'openReport':
        return profiling.open(sessions.get(vscode.Uri.file(action.modelPath)));
      case 'openCost':
        return this.#openCost(action.modelPath, action.instance, action.replicas);
      case 'compareInstances':
        return this.#openCost(action.modelPath, action.instance, null);
      case 'profile': {
        const uri = action.modelPath === null ? await target.model(undefined) : vscode.Uri.file(action.modelPath);
        return uri ? profiling.profile(sessions.get(uri)) : undefined;
      }
      case 'measureThere':
        return this.#measureThere(action.modelPath, action.instance);
      case 'setRate':
        return this.setRate();
      case 'setTarget':
        return this.#setTarget();
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
    const rate = await askNumber(text('hints.rate.title'), text('hints.rate.invalid'), choices.get().rate);
    if (rate === null) return;
    await choices.set({ rate });
    this.services.changed();
  }

  async #setTarget(): Promise<void> {
    const { choices, text } = this.services;
    const targetMs = await askNumber(text('hints.target.title'), text('hints.target.invalid'), choices.get().targetMs);
    if (targetMs === null) return;
    await choices.set({ targetMs });
    this.services.changed();
  }

  /** The panel's cost view, with what the config says. */
  async #openCost(modelPath: string, instance: string | null, replicas: number | null): Promise<void> {
    const { sessions, profiling, costing } = this.services;
    const session = sessions.get(vscode.Uri.file(modelPath));
    await profiling.open(session);
    await costing.show(session, { instance, replicas });
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

  async #measureThere(modelPath: string, known: string | null): Promise<void> {
    const { sessions, costing, text } = this.services;
    const session = sessions.get(vscode.Uri.file(modelPath));
    await session.open();
    const instance =
      known ??
      (await vscode.window.showInputBox({
        title: text('hints.measure.title'),
        placeHolder: text('hints.measure.example'),
        validateInput: (value) => (isInstance(value.trim()) ? null : text('hints.measure.invalid')),
      }));
    if (instance !== undefined && isInstance(instance.trim())) await costing.measureThere(session, instance.trim());
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

async function askNumber(title: string, invalid: string, known: number | undefined): Promise<number | null> {
  const answer = await vscode.window.showInputBox({
    title,
    ...(known !== undefined && { value: String(known) }),
    validateInput: (value) => (positiveOf(value) === null ? invalid : null),
  });
  return answer === undefined ? null : positiveOf(answer);
}

function positiveOf(text: string): number | null {
  const value = /^\s*\d{1,8}(\.\d{1,4})?\s*$/.test(text) ? Number(text) : NaN;
  return value > 0 && value <= HIGHEST ? value : null;
}

const isInstance = (name: string): boolean => /^[\w.+-]{1,100}$/.test(name);

const PLAIN = ['setRate', 'setTarget', 'addPrice', 'turnOff'] as const;
const WITH_INSTANCE = ['compareInstances', 'measureThere'] as const;
const LONGEST_NAME = 200;
const MOST_MACHINES = 1e6;

const countOf = (value: unknown): number | null =>
  typeof value === 'number' && value >= 0 && value <= MOST_MACHINES ? value : null;

/** Whoever calls a command may hand it anything. */
function actionOf(value: unknown): Action | null {
  if (typeof value !== 'object' || value === null) return null;
  const { type, modelPath, uri, instance: named, replicas } = value as Record<string, unknown>;
  const plain = PLAIN.find((each) => each === type);
  if (plain) return { type: plain };
  if (type === 'mute') return typeof uri === 'string' ? { type, uri } : null;
  if (type === 'profile' && modelPath === null) return { type, modelPath: null };
  if (typeof modelPath !== 'string') return null;
  if (type === 'profile') return { type, modelPath };
  if (type === 'openReport') return { type, modelPath };
  const instance = typeof named === 'string' && named.length <= LONGEST_NAME ? named : null;
  if (type === 'openCost') return { type, modelPath, instance, replicas: countOf(replicas) };
  const about = WITH_INSTANCE.find((each) => each === type);
  return about ? { type: about, modelPath, instance } : null;
}
