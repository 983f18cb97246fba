import { stat } from 'node:fs/promises';

import { withQuantization } from '../../core/report/mergeQuantization.js';
import type { Logger } from '../../core/common/logger.js';
import type { Report } from '../../protocol/report.js';
import type { StoredReport } from '../../protocol/store.js';
import { readReport, type ReportStore } from '../../store/reportStore.js';
import { contentSha256 } from '../../store/changedSince.js';

/** The newest report of the model; of equal content elsewhere when the file was moved or copied; else null. */
export async function findStored(store: ReportStore, modelPath: string): Promise<StoredReport | null> {
  const ofPath = await store.latest(modelPath);
  if (ofPath) return ofPath;
  const found = await stat(modelPath).catch(() => null);
  if (!found) return null;
  const ofSize = (await store.list()).filter((each) => each.fileBytes === found.size && each.contentSha256 !== null);
  if (ofSize.length === 0) return null;
  const sha256 = await contentSha256(modelPath);
  return ofSize.find((each) => each.contentSha256 === sha256) ?? null;
}

interface Opened {
  report: Report;
  stored: StoredReport;
}

/** A trial of quantization that was made alone, as on the command line, is shown with the profile before it. */
async function withProfile(store: ReportStore, modelPath: string, opened: Opened): Promise<Opened> {
  const { report, stored } = opened;
  if (stored.medianNs !== null || report.quantization.length === 0) return opened;
  const profiled = (await store.list(modelPath)).find(
    ({ medianNs, fileBytes }) => medianNs !== null && fileBytes === stored.fileBytes,
  );
  if (!profiled) return opened;
  return { report: withQuantization(await readReport(profiled.file), report), stored: profiled };
}

/** The newest report that can be read, with its entry, or null; damaged ones are noted and passed over. */
export async function openStored(store: ReportStore, modelPath: string, log: Logger): Promise<Opened | null> {
  const newest = await findStored(store, modelPath);
  if (!newest) return null;
  const older = (await store.list(modelPath)).filter(({ file }) => file !== newest.file);
  for (const stored of [newest, ...older]) {
    try {
      return await withProfile(store, modelPath, { report: await readReport(stored.file), stored });
    } catch (error) {
      log.warn(`${stored.file}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return null;
}
