import type { ExportFormat } from '../../protocol/webview.js';

/** In the order in which they are offered. */
export const EXPORT_FORMATS = ['html', 'markdown', 'csv', 'json', 'trace'] as const satisfies readonly ExportFormat[];

/** Of the file that each is written to, without the dot. */
export const EXTENSIONS: Readonly<Record<ExportFormat, string>> = {
  html: 'html',
  markdown: 'md',
  csv: 'csv',
  json: 'json',
  trace: 'trace.json',
};
