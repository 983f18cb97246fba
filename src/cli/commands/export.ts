import { stat, readFile } from 'node:fs/promises';

import { ExpectedError } from '../../core/common/errors.js';
import { ExitCode } from '../exitCodes.js';
import type { CommonFlags } from '../flags.js';
import { asksForOutput, writeReport } from '../outputs.js';
import type { Terminal } from '../terminal.js';

export interface ExportFlags extends CommonFlags {
  html?: string;
  md?: string;
  csv?: string;
  trace?: string;
}

/** A stored report in any format; JSON is of the newest schema. */
export async function exportReport(file: string, flags: ExportFlags, terminal: Terminal): Promise<number> {
  if (!asksForOutput(flags)) throw new ExpectedError('input', 'cli.export.nothing');
  const [{ parseReport }, { MAXIMUM_REPORT_BYTES }] = await Promise.all([
    import('../../core/report/parse.js'),
    import('../../core/report/limits.js'),
  ]);
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) throw new ExpectedError('input', 'cli.export.missing', { file });
  if (found.size > MAXIMUM_REPORT_BYTES)
    throw new ExpectedError('input', 'report.parse.tooLarge', { maximum: MAXIMUM_REPORT_BYTES / 2 ** 20 });
  await writeReport(parseReport(await readFile(file, 'utf8')), flags, terminal);
  return ExitCode.done;
}
