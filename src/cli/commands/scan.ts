import { stat } from 'node:fs/promises';
import path from 'node:path';

import { ExpectedError } from '../../core/common/errors.js';
import type { ScannedModel } from '../../protocol/scan.js';
import type { Message } from '../../protocol/text.js';
import type { CommonFlags } from '../flags.js';
import { ExitCode } from '../exitCodes.js';
import { defaultStoreFolder } from '../../store/storeFolder.js';
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
  const rows = await withLastResult(models, path.resolve(flags.store ?? defaultStoreFolder()));
  if (flags.json !== undefined)
    await writeJsonText(`${JSON.stringify({ models: rows })}\n`, flags.json, flags.force ?? false, terminal);
  const { scanLines } = await import('../text/scan.js');
  await terminal.result(scanLines(rows, folder, terminal));
  return ExitCode.done;
}

/** A scanned model with what is kept of its last measurement. */
export interface ScanRow extends ScannedModel {
  last: { medianNs: number; createdAt: string; changed: boolean } | null;
}

async function withLastResult(models: readonly ScannedModel[], storeFolder: string): Promise<ScanRow[]> {
  const [{ ReportStore }, { lastMeasured }] = await Promise.all([
    import('../../store/reportStore.js'),
    import('../../store/lastMeasured.js'),
  ]);
  const store = new ReportStore(storeFolder);
  const rows: ScanRow[] = [];
  for (const model of models) {
    const last = model.profilable ? await lastMeasured(store, path.resolve(model.path)) : null;
    const { medianNs, createdAt } = last?.stored ?? { medianNs: null, createdAt: '' };
    rows.push({ ...model, last: last && medianNs !== null ? { medianNs, createdAt, changed: last.changed } : null });
  }
  return rows;
}
