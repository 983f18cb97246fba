/** Comma-separated values as RFC 4180 has them; a semicolon or a tab where the header uses it. */

export interface CsvRecord {
  /** Where it begins, from 1. */
  line: number;
  cells: string[];
}

/** Blank lines and lines that begin with `#` are left out; at most `maximumRecords` are read. */
export function readCsv(text: string, maximumRecords: number): CsvRecord[] {
  const source = text.replace(/^\uFEFF/, '');
  const separator = separatorOf(source);
  const records: CsvRecord[] = [];
  let at = 0;
  let line = 1;
  while (at < source.length && records.length < maximumRecords) {
    const record = readRecord(source, at, separator);
    const blank = record.cells.length === 1 && record.cells[0]?.trim() === '';
    if (!blank && record.cells[0]?.startsWith('#') !== true) records.push({ line, cells: record.cells });
    line += record.lines;
    at = record.end;
  }
  return records;
}

function separatorOf(source: string): string {
  const header = source.split(/\r\n|\r|\n/).find((line) => line.trim() !== '' && !line.startsWith('#')) ?? '';
  const counts = [',', ';', '\t'].map((each) => ({ each, count: header.split(each).length }));
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).each;
}

/** A quoted cell may hold separators, line ends and doubled quotes. */
function readRecord(source: string, start: number, separator: string): { cells: string[]; end: number; lines: number } {
  const cells: string[] = [];
  let at = start;
  let lines = 1;
  for (;;) {
    let cell = '';
    if (source[at] === '"') {
      const quoted = readQuoted(source, at);
      cell = quoted.text;
      at = quoted.end;
      lines += cell.split(/\r\n|\r|\n/).length - 1;
    }
    const rest = at;
    while (at < source.length && source[at] !== separator && source[at] !== '\n' && source[at] !== '\r') at += 1;
    cells.push(cell + source.slice(rest, at));
    if (source[at] !== separator) break;
    at += 1;
  }
  if (source[at] === '\r' && source[at + 1] === '\n') at += 1;
  return { cells, end: at + 1, lines };
}

function readQuoted(source: string, start: number): { text: string; end: number } {
  const parts: string[] = [];
  let at = start + 1;
  for (;;) {
    const quote = source.indexOf('"', at);
    if (quote === -1) return { text: parts.join('') + source.slice(at), end: source.length };
    parts.push(source.slice(at, quote));
    if (source[quote + 1] !== '"') return { text: parts.join(''), end: quote + 1 };
    parts.push('"');
    at = quote + 2;
  }
}
