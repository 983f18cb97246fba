import { readFile } from 'node:fs/promises';
import path from 'node:path';

import type { Compared, PageBundle } from '../../core/report/html.js';
import type { Report } from '../../protocol/report.js';
import type { ExportFormat } from '../../protocol/webview.js';

/**
 * Writes whole or not at all. The HTML is the panel's page with the report and the shown comparison inside. The dialog has asked before an
 * existing file is replaced. Throws ExpectedError('input') where the file cannot be written.
 */
export async function writeExport(
  { report, compared }: { report: Report; compared: Compared | null },
  file: string,
  format: ExportFormat,
  distFolder: string,
): Promise<void> {
  // Loaded when asked for: few windows export.
  const [{ exportText }, { writeFileSafely }] = await Promise.all([
    import('../../core/report/exportReport.js'),
    import('../../core/report/outputFile.js'),
  ]);
  const read = (name: string): Promise<string> => readFile(path.join(distFolder, name), 'utf8');
  const readPage = async (): Promise<PageBundle> => ({ script: await read('page.js'), style: await read('page.css') });
  const text = await exportText(report, format, readPage, compared);
  await writeFileSafely(file, text, { overwrite: true });
}
