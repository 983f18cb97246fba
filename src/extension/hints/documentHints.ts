import * as vscode from 'vscode';

import type { Logger } from '../../core/common/logger.js';
import type { Hint } from '../../core/configs/hints/hint.js';
import type { ConfigReading } from '../../core/configs/read.js';
import { LONGEST_TEXT, mayGiveHints } from '../../core/configs/signals.js';
import type { Text } from '../../format/text/text.js';
import { Owner } from '../platform/owner.js';
import { readSettings } from '../platform/settings.js';
import {
  addProfiles,
  type HintEngine,
  readSurroundings,
  type Surroundings,
  type SurroundingsServices,
} from './surroundings.js';

interface Kept {
  version: number;
  hints: readonly Hint[];
  reading: ConfigReading | null;
  around: Surroundings | null;
}

/** Many edits in a row, and stores that change in bursts. */
const SOON_MS = 150;

/** The hints of every open document, made once for each version, for all providers. */
export class DocumentHints extends Owner {
  readonly #changed = this.own(new vscode.EventEmitter<void>());
  /** What lies around the documents changed: everything is to be asked for again. */
  readonly onDidChange = this.#changed.event;
  readonly #kept = new Map<string, Kept>();
  readonly #pending = new Map<string, { version: number; hints: Promise<readonly Hint[]> }>();
  readonly #declined = new Set<string>();
  #engine: Promise<HintEngine> | null = null;
  #soon: NodeJS.Timeout | undefined;

  constructor(
    private readonly services: SurroundingsServices,
    private readonly text: Text,
    private readonly log: Logger,
  ) {
    super();
    this.own(
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.#kept.delete(document.uri.toString());
        this.#declined.delete(document.uri.toString());
      }),
    );
    this.own({
      dispose: () => {
        clearTimeout(this.#soon);
      },
    });
  }

  /** Empty where there is nothing to say, and where the setting is off. Never rejects. */
  of(document: vscode.TextDocument): Promise<readonly Hint[]> {
    if (document.uri.scheme !== 'file' || !readSettings(document.uri).hints) return Promise.resolve([]);
    const key = document.uri.toString();
    const kept = this.#kept.get(key);
    if (kept?.version === document.version && kept.around) return Promise.resolve(kept.hints);
    const pending = this.#pending.get(key);
    if (pending?.version === document.version) return pending.hints;
    const hints = this.#make(document).catch((error: unknown) => {
      this.log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
      return [];
    });
    this.#pending.set(key, { version: document.version, hints });
    void hints.then(() => {
      if (this.#pending.get(key)?.hints === hints) this.#pending.delete(key);
    });
    return hints;
  }

  /** Reports, settings, prices or other files changed. What is shown stays until the new hints are there. */
  refresh(): void {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => {
      this.#pending.clear();
      for (const [key, kept] of this.#kept) this.#kept.set(key, { ...kept, around: null });
      this.#changed.fire();
    }, SOON_MS);
  }

  async #make(document: vscode.TextDocument): Promise<readonly Hint[]> {
    const key = document.uri.toString();
    const { version } = document;
    const source = document.getText();
    if (source.length > LONGEST_TEXT) this.#decline(document);
    if (!mayGiveHints(source)) return this.#keep(key, { version, hints: [], reading: null, around: null });
    const engine = await (this.#engine ??= import('../../core/configs/engine.js'));
    const before = this.#kept.get(key);
    const reading = await engine.readConfigs(source, document.uri.fsPath, before?.reading ?? null);
    if (reading.configs.length === 0 && reading.literals.length === 0)
      return this.#keep(key, { version, hints: [], reading, around: before?.around ?? null });
    const around = before?.around ?? (await readSurroundings(document, engine, this.services));
    await addProfiles(around, reading, engine, this.services.models);
    const { place, serving, prices, siblings, known, profiles } = around;
    const context = { text: this.text, serving, prices, sourceText: source, now: new Date() };
    const hints = engine.hintsOfFile({ file: place.file, reading, siblings, place, known, profiles, context });
    return this.#keep(key, { version, hints, reading, around });
  }

  /** A slower making of an older version never takes the place of a newer one. */
  #keep(key: string, made: Kept): readonly Hint[] {
    const kept = this.#kept.get(key);
    if (!kept || kept.version <= made.version) this.#kept.set(key, made);
    return made.hints;
  }

  #decline({ uri }: vscode.TextDocument): void {
    const key = uri.toString();
    if (this.#declined.has(key)) return;
    this.#declined.add(key);
    const file = vscode.workspace.asRelativePath(uri);
    this.log.info(this.text('hints.log.tooLarge', { file, maximum: LONGEST_TEXT / 1024 }));
  }
}
