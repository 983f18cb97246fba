/**
 * Reads a price list that the user keeps: CSV with a header, or JSON. It is untrusted: bounded, every cell checked. What
 * is wrong is said in one sentence with its line, and nothing of the file is taken.
 */

import { getNodeValue, type Node, type ParseError, parseTree } from 'jsonc-parser';

import { ExpectedError } from '../../common/errors.js';
import { catalogue, extendPrices, type MachinePrice, type PriceTable } from './table.js';
import { type Cell, priceOfCells } from './priceRow.js';
import { readCsv } from './csv.js';

export const MAXIMUM_PRICE_FILE_BYTES = 8 * 2 ** 20;
const MAXIMUM_ROWS = 50_000;

export interface PriceList {
  prices: MachinePrice[];
  /** Only what the list holds, in place of the project's own prices. */
  replace: boolean;
}

/** `file` is for messages. @throws ExpectedError (input) */
export function parsePriceList(text: string, file: string): PriceList {
  if (text.length > MAXIMUM_PRICE_FILE_BYTES) throw new ExpectedError('input', 'cost.prices.tooLarge', { file });
  const list = /^\s*[[{]/.test(text) ? fromJson(text, file) : { prices: fromCsv(text, file), replace: false };
  if (list.prices.length === 0) throw new ExpectedError('input', 'cost.prices.empty', { file });
  return list;
}

/** The table with a list taken in. */
export const withPriceList = (list: PriceList, file: string, table: PriceTable = catalogue()): PriceTable =>
  extendPrices(list.replace ? { prices: [], files: [] } : table, list.prices, file);

function fromCsv(text: string, file: string): MachinePrice[] {
  const records = readCsv(text, MAXIMUM_ROWS);
  const [header, ...rows] = records;
  if (!header) return [];
  const columns = header.cells.map((cell) => cell.trim());
  return collected(
    rows.map((row) => ({
      line: row.line,
      cells: new Map(columns.map((column, at): [string, Cell] => [column.toLowerCase(), row.cells[at] ?? ''])),
      columnLine: header.line,
    })),
    file,
  );
}

function fromJson(text: string, file: string): PriceList {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first || !root)
    throw new ExpectedError('input', 'cost.prices.syntax', { file, line: lineOf(text, first?.offset) });
  const list = root.type === 'array' ? root : memberOf(root, 'prices');
  if (list?.type !== 'array') throw new ExpectedError('input', 'cost.prices.noList', { file, line: 1 });
  const shared = root.type === 'object' ? sharedCells(root) : [];
  const rows = (list.children ?? []).slice(0, MAXIMUM_ROWS).map((row) => {
    const line = lineOf(text, row.offset);
    if (row.type !== 'object') throw new ExpectedError('input', 'cost.prices.noList', { file, line });
    return { line, columnLine: line, cells: new Map([...shared, ...cellsOf(row)]) };
  });
  return { prices: collected(rows, file), replace: memberOf(root, 'replace')?.value === true };
}

const memberOf = (object: Node, name: string): Node | undefined =>
  object.children?.find((property) => property.children?.[0]?.value === name)?.children?.[1];

/** What stands once for all rows. */
const sharedCells = (root: Node): [string, Cell][] =>
  cellsOf(root).filter(([name]) => ['currency', 'asof', 'source', 'provider', 'region'].includes(name));

const cellsOf = (row: Node): [string, Cell][] =>
  (row.children ?? []).flatMap((property): [string, Cell][] => {
    const [name, value] = property.children ?? [];
    if (!name || !value || typeof name.value !== 'string') return [];
    return [[name.value.toLowerCase(), cellOf(value)]];
  });

function cellOf(value: Node): Cell {
  const plain: unknown = getNodeValue(value);
  if (typeof plain === 'number' || typeof plain === 'string') return plain;
  // Shown in the complaint, by what it is.
  return plain === null ? '' : value.type;
}

function lineOf(text: string, offset = 0): number {
  return text.slice(0, offset).split(/\r\n|\r|\n/).length;
}

interface Row {
  line: number;
  /** Where its columns are named. */
  columnLine: number;
  cells: ReadonlyMap<string, Cell>;
}

/** One machine once: of two prices nobody knows which is meant. */
function collected(rows: readonly Row[], file: string): MachinePrice[] {
  const lines = new Map<string, number>();
  return rows.map(({ cells, line, columnLine }) => {
    const price = priceOfCells(cells, { file, line, columnLine });
    const key = [price.service, price.provider, price.region, price.instance].join('\n').toLowerCase();
    const earlier = lines.get(key);
    if (earlier !== undefined)
      throw new ExpectedError('input', 'cost.prices.twice', { file, line, earlier, instance: price.instance });
    lines.set(key, line);
    return price;
  });
}
