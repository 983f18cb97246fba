/** Columns of a fixed-width table. */

export interface Column {
  heading?: string;
  align: 'left' | 'right';
  /** Longer cells are shortened in the middle. */
  maximum?: number;
}

/** Wide in a terminal: East Asian scripts and most pictures. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]|[\u{20000}-\u{3fffd}]/u;

/** Columns that a text takes in a terminal. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : 1;
  return width;
}

/** Keeps both ends of a name that is too long. */
export function fit(text: string, maximum: number): string {
  if (displayWidth(text) <= maximum) return text;
  const characters = Array.from(text);
  const take = (from: readonly string[], width: number): string[] => {
    const taken: string[] = [];
    let used = 0;
    for (const character of from) {
      used += displayWidth(character);
      if (used > width) break;
      taken.push(character);
    }
    return taken;
  };
  const head = Math.ceil((maximum - 1) / 2);
  const tail = take(characters.reverse(), maximum - 1 - head).reverse();
  return `${take(characters.reverse(), head).join('')}…${tail.join('')}`;
}

function pad(text: string, width: number, align: Column['align']): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'left' ? text + space : space + text;
}

/** Lines with columns two spaces apart, no space at their ends. A row of headings where any column has one. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const headings = columns.map((column) => column.heading ?? '');
  const all = headings.some((heading) => heading !== '') ? [headings, ...rows] : rows;
  const cells = all.map((row) => columns.map((column, at) => fit(row[at] ?? '', column.maximum ?? Infinity)));
  const widths = columns.map((_, at) =>
    cells.reduce((widest, row) => Math.max(widest, displayWidth(row[at] ?? '')), 0),
  );
  return cells.map((row) =>
    row
      .map((cell, at) => pad(cell, widths[at] ?? 0, columns[at]?.align ?? 'left'))
      .join('  ')
      .trimEnd(),
  );
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of at most `width` columns for a share of the largest. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.max(0, Math.min(1, share)) * width * 8);
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
}

/** A section of the output: its title, then its lines, indented. */
export function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => (line === '' ? '' : `  ${line}`))];
}
