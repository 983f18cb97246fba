import { stat } from 'node:fs/promises';

import { ExpectedError } from '../../core/common/errors.js';
import type { ScannedModel } from '../../protocol/scan.js';
import type { Message } from '../../protocol/text.js';
import type { CommonFlags } from '../flags.js';
import { ExitCode } from '../exitCodes.js';
import { writeJsonText } from '../outputs.js';
import type { Terminal } from '../terminal.js';

/** Model files below a folder, and whether they can be profiled. A file may be named too. */
export async function scan(folder: string, flags: CommonFlags, terminal: Terminal): Promise<number> {
  const { scanFile, scanFolder } = await import('../../core/model/scan.js');
  const found = await stat(folder).catch(() => null);
  if (!found) throw new ExpectedError('input', 'cli.scan.missing', { folder });
  const models: ScannedModel[] = [];
  const render = (message: Message): string => terminal.text.message(message);
  if (!found.isDirectory()) models.push(scanFile(folder, render));
  else for await (const model of scanFolder(folder, { render })) models.push(model);
  models.sort((a, b) => (a.path < b.path ? -1 : 1));
  if (flags.json !== undefined)
    await writeJsonText(`${JSON.stringify({ models })}\n`, flags.json, flags.force ?? false, terminal);
  const { scanLines } = await import('../text/scan.js');
  await terminal.result(scanLines(models, folder, terminal));
  return ExitCode.done;
}
