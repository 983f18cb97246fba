/** Every format that a report is written in, behind one name each. */

import type { Report } from '../../protocol/report.js';
import type { ExportFormat } from '../../protocol/webview.js';
import type { Compared, PageBundle } from './html.js';

/** The report's text in a format; `readPage` gives the built page, which only HTML needs, as only it holds a comparison. */
export async function exportText(
  report: Report,
  format: ExportFormat,
  readPage: () => Promise<PageBundle>,
  compared: Compared | null = null,
): Promise<string> {
  // Each writer is loaded when it is asked for.
  switch (format) {
    case 'html': {
      const [{ writeHtml }, page] = await Promise.all([import('./html.js'), readPage()]);
      return writeHtml(report, page, compared);
    }
    case 'markdown':
      return (await import('./markdown.js')).writeMarkdown(report);
    case 'csv':
      return (await import('./csv.js')).writeCsv(report);
    case 'json':
      return (await import('./json.js')).writeJson(report);
    case 'trace':
      return (await import('./trace.js')).writeTrace(report);
  }
}
