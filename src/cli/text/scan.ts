import path from 'node:path';

import { bytes, count, duration, integer } from '../../format/units.js';
import { plainName } from '../../format/views/names.js';
import type { ScannedModel } from '../../protocol/scan.js';
import type { ScanRow } from '../commands/scan.js';
import type { Terminal } from '../terminal.js';
import { table } from './table.js';

/** One line a file: what it is, how large, and whether it can be profiled. */
export function scanLines(models: readonly ScanRow[], folder: string, { text, width }: Terminal): string[] {
  if (models.length === 0) return [text('cli.scan.none', { folder: plainName(folder) })];
  const rows = models.map((model) => [
    plainName(path.relative(folder, model.path) || path.basename(model.path)),
    model.format,
    bytes(model.fileBytes),
    model.nodeCount === null ? '–' : integer(model.nodeCount),
    count(model.parameterCount),
    model.profilable ? (model.licence ?? text('page.licence.none')) : '',
    model.profilable ? lastOf(model, text) : noteOf(model, text),
  ]);
  const columns = [
    { heading: text('cli.column.file'), align: 'left', maximum: Math.max(32, Math.floor(width * 0.4)) },
    { heading: text('cli.column.format'), align: 'left' },
    { heading: text('cli.column.size'), align: 'right' },
    { heading: text('cli.column.operators'), align: 'right' },
    { heading: text('page.model.parameters'), align: 'right' },
    { heading: text('page.model.licence'), align: 'left', maximum: 24 },
    { heading: text('cli.column.last'), align: 'left' },
  ] as const;
  return table(columns, rows);
}

const noteOf = (model: ScannedModel, text: Terminal['text']): string =>
  model.message ? text.message(model.message) : (model.reason ?? '');

function lastOf({ last }: ScanRow, text: Terminal['text']): string {
  if (!last) return text('cli.scan.never');
  const median = duration(last.medianNs);
  return last.changed ? text('cli.scan.changed', { median }) : median;
}
