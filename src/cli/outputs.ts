/** Writes what `--json`, `--html`, `--md`, `--csv` and `--trace` ask for. */

import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { ExpectedError } from '../core/common/errors.js';
import type { Report } from '../protocol/report.js';
import type { ExportFormat } from '../protocol/webview.js';
import type { Terminal } from './terminal.js';

export interface OutputFlags {
  json?: string;
  html?: string;
  md?: string;
  csv?: string;
  trace?: string;
  force?: boolean;
}

/** `-` is standard output. */
export const STANDARD_OUTPUT = '-';

const FORMATS = {
  json: 'json',
  html: 'html',
  md: 'markdown',
  csv: 'csv',
  trace: 'trace',
} as const satisfies Record<string, ExportFormat>;

/** What the flags name, each with its format. */
function outputsOf(flags: OutputFlags): { file: string; format: ExportFormat }[] {
  return (Object.keys(FORMATS) as (keyof typeof FORMATS)[]).flatMap((flag) => {
    const file = flags[flag];
    return file === undefined ? [] : [{ file, format: FORMATS[flag] }];
  });
}

export const asksForOutput = (flags: OutputFlags): boolean => outputsOf(flags).length > 0;

/**
 * Standard output belongs to one of the formats: lines for people would spoil it.
 *
 * @throws ExpectedError (input) where several are to go there.
 */
export function takesStandardOutput(flags: OutputFlags): boolean {
  const count = outputsOf(flags).filter(({ file }) => file === STANDARD_OUTPUT).length;
  if (count > 1) throw new ExpectedError('input', 'cli.standardOutput.several');
  return count === 1;
}

/** Before a long run: nothing that it would write is in the way. @throws ExpectedError (input). */
export async function requireFreeOutputs(flags: OutputFlags): Promise<void> {
  if (flags.force) return;
  const { requireFree } = await import('../core/report/outputFile.js');
  for (const { file } of outputsOf(flags)) if (file !== STANDARD_OUTPUT) await requireFree(file);
}

export async function writeReport(report: Report, flags: OutputFlags, terminal: Terminal): Promise<void> {
  const [{ exportText }, { jsonParts }] = await Promise.all([
    import('../core/report/exportReport.js'),
    import('../core/report/json.js'),
  ]);
  for (const { file, format } of outputsOf(flags)) {
    const text = format === 'json' ? jsonParts(report) : await exportText(report, format, readPage);
    await writeText(text, file, flags.force ?? false, terminal);
  }
}

/** A text, or its parts as they are made. */
type Written = string | Iterable<string>;

export async function writeJsonText(text: Written, file: string, force: boolean, terminal: Terminal): Promise<void> {
  if (file === STANDARD_OUTPUT) {
    await terminal.json(typeof text === 'string' ? text : [...text].join(''));
    return;
  }
  const { writeFileSafely } = await import('../core/report/outputFile.js');
  await writeFileSafely(file, text, { overwrite: force });
}

/** Any other text that a flag asks for. */
export async function writeText(text: Written, file: string, force: boolean, terminal: Terminal): Promise<void> {
  await writeJsonText(text, file, force, terminal);
  if (file !== STANDARD_OUTPUT) terminal.note(terminal.text('cli.wrote', { file }));
}

/** The built page, which lies beside the command. */
export async function readPage(): Promise<{ script: string; style: string }> {
  const page = (name: string): Promise<string> => readFile(path.join(__dirname, name), 'utf8');
  // A page without styles of its own has no such file.
  const [script, style] = await Promise.all([page('page.js'), page('page.css').catch(() => '')]);
  return { script, style };
}
