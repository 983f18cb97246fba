/** True classes of samples, from a CSV: in the order of the samples, or by the names of their files. */

import path from 'node:path';
import { ExpectedError } from '../common/errors.js';
import { oneLine } from '../common/oneLine.js';
import { readBounded } from '../runtime/inputs/files.js';
import { type CsvRow, parseCsv } from './csv.js';

const LARGEST_BYTES = 64 * 2 ** 20;
const MOST_ROWS = 1_000_000;
const LARGEST_LABEL = 10_000_000;
const LABEL_HEADINGS = /^(label|class|target|y|category|answer|truth)([ _-]?(id|index|number))?$/i;
const NAME_HEADINGS = /^(file|path|image|name|sample|id)([ _-]?(name|path|id))?$/i;

/** Of one sample, a class for each row of its batch; null where a row has none. */
export type RowLabels = readonly (number | null)[];

export class Labels {
  private constructor(
    /** Base name, for people. */
    readonly source: string,
    private readonly inOrder: readonly number[] | null,
    private readonly byName: ReadonlyMap<string, number>,
  ) {}

  /** @throws ExpectedError (input): one sentence with the line that is wrong. */
  static async read(file: string): Promise<Labels> {
    return Labels.parse(new TextDecoder().decode(await readBounded(file, LARGEST_BYTES)), path.basename(file));
  }

  static parse(text: string, source: string): Labels {
    const shown = oneLine(source, 120);
    const rows = parseCsv(text);
    if ('kind' in rows)
      throw new ExpectedError('input', `quantization.labels.${rows.kind}`, { file: shown, line: rows.line });
    const { body, nameColumn, labelColumn } = columnsOf(rows, shown);
    if (body.length === 0) throw new ExpectedError('input', 'quantization.labels.empty', { file: shown });
    if (body.length > MOST_ROWS)
      throw new ExpectedError('input', 'quantization.labels.tooMany', { file: shown, maximum: MOST_ROWS });
    const labels = body.map((row) => labelOf(row, labelColumn, shown));
    if (nameColumn === null) return new Labels(source, labels, new Map());
    return new Labels(source, null, named(body, labels, nameColumn, shown));
  }

  /** How many there are. */
  get count(): number {
    return this.inOrder?.length ?? this.byName.size;
  }

  /** Not by name: then there must be one for each row of all samples, the last batch apart. ExpectedError otherwise. */
  checkCount(samples: number, rows: number): void {
    const count = this.inOrder?.length;
    if (count === undefined || (count <= samples * rows && count > (samples - 1) * rows)) return;
    const params = { file: oneLine(this.source, 120), labels: count, samples: samples * rows };
    throw new ExpectedError('input', 'quantization.labels.count', params);
  }

  /** Of the sample `index`, whose batch has `rows`; `members`: files that the rows are from, where they are known. */
  of(index: number, rows: number, members: readonly string[] | undefined): RowLabels {
    return Array.from({ length: rows }, (_, row) => {
      const item = index * rows + row;
      if (this.inOrder) return this.inOrder[item] ?? null;
      const file = members?.[row];
      return file === undefined ? (this.byName.get(String(item)) ?? null) : this.ofFile(file);
    });
  }

  /** By its name, or without its extension. */
  private ofFile(file: string): number | null {
    return this.byName.get(file) ?? this.byName.get(path.parse(file).name) ?? null;
  }
}

interface Columns {
  body: readonly CsvRow[];
  /** null: in the order of the samples. */
  nameColumn: number | null;
  labelColumn: number;
}

const isWhole = (text: string | undefined): boolean => /^\d{1,8}$/.test(text ?? '');

/** With a head line its words tell; without one the label stands last, and a name may stand before it. */
function columnsOf(rows: readonly CsvRow[], file: string): Columns {
  const [first] = rows;
  if (!first) throw new ExpectedError('input', 'quantization.labels.empty', { file });
  const width = first.cells.length;
  const heading = first.cells.findIndex((cell) => LABEL_HEADINGS.test(cell));
  const hasHead = heading !== -1 || !isWhole(first.cells[width - 1]);
  if (width > 2 && heading === -1)
    throw new ExpectedError('input', 'quantization.labels.columns', { file, line: first.line, found: width });
  const labelColumn = heading === -1 ? width - 1 : heading;
  const namedColumn = first.cells.findIndex((cell, at) => at !== labelColumn && NAME_HEADINGS.test(cell));
  const other = width === 2 ? 1 - labelColumn : null;
  return { body: hasHead ? rows.slice(1) : rows, nameColumn: namedColumn === -1 ? other : namedColumn, labelColumn };
}

function labelOf({ cells, line }: CsvRow, column: number, file: string): number {
  const text = cells[column];
  if (isWhole(text) && Number(text) <= LARGEST_LABEL) return Number(text);
  throw new ExpectedError('input', 'quantization.labels.notWhole', { file, line, text: oneLine(text ?? '', 60) });
}

/** By base name, so that paths of another machine fit too. */
function named(
  rows: readonly CsvRow[],
  labels: readonly number[],
  column: number,
  file: string,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const lines = new Map<string, number>();
  for (const [index, { cells, line }] of rows.entries()) {
    const name = (cells[column] ?? '').split(/[\\/]/).at(-1) ?? '';
    const shown = oneLine(name, 80);
    if (name === '') throw new ExpectedError('input', 'quantization.labels.noName', { file, line });
    const earlier = lines.get(name);
    if (earlier !== undefined)
      throw new ExpectedError('input', 'quantization.labels.twice', { file, line, name: shown, earlier });
    lines.set(name, line);
    found.set(name, labels[index]!);
  }
  return found;
}
