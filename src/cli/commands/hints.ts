import { stat, readFile } from 'node:fs/promises';
import path from 'node:path';

import { ExpectedError } from '../../core/common/errors.js';
import type { HintContext } from '../../core/configs/hints/context.js';
import type { Hint } from '../../core/configs/hints/hint.js';
import type { Position } from '../../core/configs/tree/lines.js';
import { defaultStoreFolder } from '../../store/storeFolder.js';
import { ExitCode } from '../exitCodes.js';
import type { HintsFlags } from '../hintsFlags.js';
import { hintPlaces } from '../hintPlaces.js';
import { writeJsonText, writeText } from '../outputs.js';
import type { Terminal } from '../terminal.js';
import { HintModels } from '../../store/hintModels.js';

const MAXIMUM_BYTES = 640 * 1024;

/** The hints of serving configs, from what the store holds; runs nothing. */
export async function hints(files: readonly string[], flags: HintsFlags, terminal: Terminal): Promise<number> {
  const engine = await import('../../core/configs/engine.js');
  const { ReportStore } = await import('../../store/reportStore.js');
  const models = new HintModels(new ReportStore(path.resolve(flags.store ?? defaultStoreFolder())));
  const found: FileHints[] = [];
  for (const file of files) {
    const text = await readConfig(file, terminal);
    if (text === null) continue;
    const { place, serving, prices, siblings } = await hintPlaces(file, flags, engine, terminal);
    const reading = await engine.readConfigs(text, file);
    const known = await models.known();
    const profiles = await models.profiles(engine.modelsOf({ reading, place, known }));
    const context: HintContext = { text: terminal.text, serving, prices, sourceText: text, now: new Date() };
    const request = { file: place.file, reading, siblings, place, known, profiles, context };
    const positions = new engine.LinePositions(text);
    found.push({
      file,
      hints: engine.hintsOfFile(request).filter(says),
      at: (hint) => positions.range(hint.range),
      text,
    });
  }
  await write(found, flags, terminal, engine.hintMarkdown);
  return ExitCode.done;
}

export interface FileHints {
  /** As it was named. */
  file: string;
  hints: Hint[];
  at: (hint: Hint) => { start: Position; end: Position };
  text: string;
}

/** A lens that only does something has nothing to do here. */
const says = (hint: Hint): boolean => hint.kind !== 'lens' || hint.code !== null;

async function readConfig(file: string, terminal: Terminal): Promise<string | null> {
  const found = await stat(file).catch((error: unknown) => {
    const reason = (error as NodeJS.ErrnoException).code ?? '';
    throw new ExpectedError('input', 'cli.hints.unreadable', { file, reason });
  });
  if (!found.isFile()) throw new ExpectedError('input', 'cli.hints.unreadable', { file, reason: 'EISDIR' });
  if (found.size > MAXIMUM_BYTES) {
    terminal.note(terminal.text('cli.hints.tooLarge', { file, maximum: MAXIMUM_BYTES / 1024 }));
    return null;
  }
  return readFile(file, 'utf8');
}

type Markdown = (details: NonNullable<Hint['details']>) => string;

async function write(
  found: readonly FileHints[],
  flags: HintsFlags,
  terminal: Terminal,
  markdown: Markdown,
): Promise<void> {
  const { hintLines, hintTable } = await import('../text/hints.js');
  if (flags.json !== undefined) {
    const rows = found.flatMap(({ file, hints, at }) =>
      hints.map((hint) => ({
        path: file,
        range: at(hint),
        kind: hint.kind,
        text: hint.text,
        tooltip: hint.details ? markdown(hint.details) : null,
        ...(hint.severity && { severity: hint.severity }),
        ...(hint.code !== null && { code: hint.code }),
      })),
    );
    await writeJsonText(`${JSON.stringify({ hints: rows })}\n`, flags.json, flags.force ?? false, terminal);
  }
  if (flags.md !== undefined) await writeText(hintTable(found, terminal), flags.md, flags.force ?? false, terminal);
  if (flags.md !== '-') await terminal.result(hintLines(found, terminal));
}
