/** Writes what `--json`, `--html`, `--md`, `--csv` and `--trace` ask for. */

import { readFile } from 'node:fs/promises';
import path from 'node:path';

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
  html: 'html',
  md: 'markdown',
  csv: 'csv',
  trace: 'trace',
} as const satisfies Record<string, ExportFormat>;

/** Files that the flags name, each with its format; what goes to standard output is not among them. */
function filesOf(flags: OutputFlags): { file: string; format: ExportFormat }[] {
  const named = (['html', 'md', 'csv', 'trace'] as const).map((flag) => ({ file: flags[flag], format: FORMATS[flag] }));
  const json = { file: flags.json === STANDARD_OUTPUT ? undefined : flags.json, format: 'json' as const };
  return [json, ...named].flatMap(({ file, format }) => (file === undefined ? [] : [{ file, format }]));
}

export const asksForOutput = (flags: OutputFlags): boolean => flags.json !== undefined || filesOf(flags).length > 0;

/** Before a long run: nothing that it would write is in the way. @throws ExpectedError (input). */
export async function requireFreeOutputs(flags: OutputFlags): Promise<void> {
  if (flags.force) return;
  const { requireFree } = await import('../core/report/outputFile.js');
  for (const { file } of filesOf(flags)) await requireFree(file);
}

export async function writeReport(report: Report, flags: OutputFlags, terminal: Terminal): Promise<void> {
  if (flags.json === STANDARD_OUTPUT) {
    const { writeJson } = await import('../core/report/json.js');
    await terminal.json(writeJson(report));
  }
  for (const { file, format } of filesOf(flags)) await writeOne(report, format, file, flags.force ?? false, terminal);
}

export async function writeJsonText(text: string, file: string, force: boolean, terminal: Terminal): Promise<void> {
  if (file === STANDARD_OUTPUT) {
    await terminal.json(text);
    return;
  }
  const { writeFileSafely } = await import('../core/report/outputFile.js');
  await writeFileSafely(file, text, { overwrite: force });
}

/** Any other text that a flag asks for. */
export async function writeText(text: string, file: string, force: boolean, terminal: Terminal): Promise<void> {
  await writeJsonText(text, file, force, terminal);
  if (file !== STANDARD_OUTPUT) terminal.note(terminal.text('cli.wrote', { file }));
}

async function writeOne(
  report: Report,
  format: ExportFormat,
  file: string,
  force: boolean,
  terminal: Terminal,
): Promise<void> {
  const [{ exportText }, { writeFileSafely }] = await Promise.all([
    import('../core/report/exportReport.js'),
    import('../core/report/outputFile.js'),
  ]);
  await writeFileSafely(file, await exportText(report, format, readPage), { overwrite: force });
  terminal.note(terminal.text('cli.wrote', { file }));
}

/** The built page, which lies beside the command. */
export async function readPage(): Promise<{ script: string; style: string }> {
  const page = (name: string): Promise<string> => readFile(path.join(__dirname, name), 'utf8');
  // A page without styles of its own has no such file.
  const [script, style] = await Promise.all([page('page.js'), page('page.css').catch(() => '')]);
  return { script, style };
}
