/** Writes what `--json` and `--html` ask for. */

import { readFile } from 'node:fs/promises';
import path from 'node:path';

import type { Report } from '../protocol/report.js';
import type { Terminal } from './terminal.js';

export interface OutputFlags {
  json?: string;
  html?: string;
  force?: boolean;
}

/** `-` is standard output. */
export const STANDARD_OUTPUT = '-';

export async function writeReport(report: Report, flags: OutputFlags, terminal: Terminal): Promise<void> {
  if (flags.json !== undefined) {
    const { writeJson } = await import('../core/report/json.js');
    await writeJsonText(writeJson(report), flags.json, flags.force ?? false, terminal);
  }
  if (flags.html !== undefined) await writePage(report, flags.html, flags.force ?? false, terminal);
}

export async function writeJsonText(text: string, file: string, force: boolean, terminal: Terminal): Promise<void> {
  if (file === STANDARD_OUTPUT) {
    await terminal.json(text);
    return;
  }
  const { writeFileSafely } = await import('../core/report/outputFile.js');
  await writeFileSafely(file, text, { overwrite: force });
}

async function writePage(report: Report, file: string, force: boolean, terminal: Terminal): Promise<void> {
  const [{ writeHtml }, { writeFileSafely }] = await Promise.all([
    import('../core/report/html.js'),
    import('../core/report/outputFile.js'),
  ]);
  const page = (name: string): Promise<string> => readFile(path.join(__dirname, name), 'utf8');
  // A page without styles of its own has no such file.
  const [script, style] = await Promise.all([page('page.js'), page('page.css').catch(() => '')]);
  await writeFileSafely(file, writeHtml(report, { script, style }), { overwrite: force });
  terminal.note(terminal.text('cli.wrote', { file }));
}
