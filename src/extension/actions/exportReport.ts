import { readFile } from 'node:fs/promises';
import path from 'node:path';

import type { Report } from '../../protocol/report.js';

/**
 * HTML when the file is named so, else JSON. The HTML is the panel's page with the report inside. The dialog has asked
 * before an existing file is replaced. Throws ExpectedError('input') where the file cannot be written.
 */
export async function writeExport(report: Report, file: string, distFolder: string): Promise<void> {
  // Loaded when asked for: few windows export.
  const { writeFileSafely } = await import('../../core/report/outputFile.js');
  await writeFileSafely(file, await textOf(report, file, distFolder), { overwrite: true });
}

async function textOf(report: Report, file: string, distFolder: string): Promise<string> {
  if (!/\.html?$/i.test(file)) return (await import('../../core/report/json.js')).writeJson(report);
  const { writeHtml } = await import('../../core/report/html.js');
  const read = (name: string): Promise<string> => readFile(path.join(distFolder, name), 'utf8');
  return writeHtml(report, { script: await read('page.js'), style: await read('page.css') });
}
