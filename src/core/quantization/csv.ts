/** Comma-separated values: quoted cells, any of the three line ends, comma, semicolon or tab. */

export interface CsvRow {
  /** From 1, where the row begins. */
  line: number;
  cells: string[];
}

export type CsvProblem = { line: number; kind: 'openQuote' | 'afterQuote' };

const SEPARATORS = [',', ';', '\t'] as const;

/** Rows without the empty ones; or where the text is no such table. */
export function parseCsv(text: string): CsvRow[] | CsvProblem {
  return new CsvReader(text.startsWith('\uFEFF') ? text.slice(1) : text).read();
}

class CsvReader {
  private position = 0;
  private line = 1;
  private readonly separator: string;

  constructor(private readonly text: string) {
    const [first = ''] = /^[^\r\n]*/.exec(text.trimStart().replace(/"[^"]*"/g, '')) ?? [];
    this.separator = SEPARATORS.find((each) => first.includes(each)) ?? ',';
  }

  read(): CsvRow[] | CsvProblem {
    const rows: CsvRow[] = [];
    while (this.position < this.text.length) {
      const row = this.row();
      if ('kind' in row) return row;
      if (row.cells.some((cell) => cell !== '')) rows.push(row);
    }
    return rows;
  }

  private row(): CsvRow | CsvProblem {
    const row: CsvRow = { line: this.line, cells: [] };
    for (;;) {
      const start = this.line;
      const cell = this.text[this.position] === '"' ? this.quoted() : this.plain();
      if (cell === null) return { line: start, kind: 'openQuote' };
      row.cells.push(cell.trim());
      const next = this.text[this.position];
      if (next === this.separator) this.position += 1;
      else if (next === undefined || next === '\r' || next === '\n') {
        this.lineEnd();
        return row;
      } else return { line: this.line, kind: 'afterQuote' };
    }
  }

  private plain(): string {
    const start = this.position;
    while (this.position < this.text.length && !this.isEnd(this.text[this.position]!)) this.position += 1;
    return this.text.slice(start, this.position);
  }

  private isEnd(character: string): boolean {
    return character === this.separator || character === '\r' || character === '\n';
  }

  /** Two quotes stand for one; null: it does not end. */
  private quoted(): string | null {
    const parts: string[] = [];
    for (let start = this.position + 1; ;) {
      const end = this.text.indexOf('"', start);
      if (end === -1) return null;
      const part = this.text.slice(start, end);
      this.line += part.split(/\r\n|\r|\n/).length - 1;
      parts.push(part);
      this.position = end + 1;
      if (this.text[this.position] !== '"') return parts.join('"');
      start = this.position + 1;
    }
  }

  private lineEnd(): void {
    if (this.text[this.position] === undefined) return;
    this.position += this.text.startsWith('\r\n', this.position) ? 2 : 1;
    this.line += 1;
  }
}
