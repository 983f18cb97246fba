/** The content of YAML's scalars, from how they are written. */

/** Line breaks inside a flow scalar become spaces; a blank line becomes a line break. */
const fold = (text: string): string =>
  !text.includes('\n')
    ? text
    : text.replace(/[ \t]*\r?\n[ \t]*((?:\r?\n[ \t]*)*)/g, (_, more: string) => {
        const blank = more.match(/\n/g)?.length ?? 0;
        return blank === 0 ? ' ' : '\n'.repeat(blank);
      });

/** null for what YAML reads as null. */
export function plainScalar(written: string): string | null {
  const text = fold(written.trim());
  return text === '~' || text === 'null' || text === '' ? null : text;
}

/** An unclosed quote ends where the text ends. */
const unquoted = (written: string, quote: string): string =>
  written.length > 1 && written.endsWith(quote) ? written.slice(1, -1) : written.slice(1);

export const singleQuoted = (written: string): string => fold(unquoted(written, "'")).replaceAll("''", "'");

const ESCAPES = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['0', '\0'],
  ['a', '\x07'],
  ['b', '\b'],
  ['e', '\x1b'],
  ['f', '\f'],
  ['v', '\v'],
  ['_', '\u00a0'],
  ['N', '\u0085'],
]);

export function doubleQuoted(written: string): string {
  const joined = unquoted(written, '"').replace(/\\\r?\n[ \t]*/g, '');
  return fold(joined).replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))/g,
    (_, two?: string, four?: string, eight?: string, other?: string) => {
      const hexadecimal = two ?? four ?? eight;
      if (hexadecimal === undefined) return ESCAPES.get(other ?? '') ?? other ?? '';
      const code = Number.parseInt(hexadecimal, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
    },
  );
}

/** `|` and `>` with their header; the indentation of the first line with content is taken away. */
export function blockScalar(written: string): string {
  const [header = '', ...lines] = written.split(/\r?\n/);
  const indent = lines.find((line) => line.trim() !== '')?.match(/^ */)?.[0].length ?? 0;
  const content = lines.map((line) => line.slice(Math.min(indent, line.length)));
  const text = header.startsWith('>') ? content.join(' ') : content.join('\n');
  return header.includes('-') ? text.trimEnd() : text;
}
