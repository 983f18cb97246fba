/** Words of a command line with the place of each, from shell text as well as from strings that hold some of it. */

import type { Located, TextRange } from './node.js';

export interface Word {
  value: string;
  range: TextRange;
}

const MAXIMUM_WORDS = 2000;

/**
 * Splits as a shell does: quotes, escapes, comments and continued lines; `offset` is where `text` starts in its file.
 * Operators end a word. A word that the shell would compute keeps its `$`.
 */
export function shellWords(text: string, offset = 0): Word[] {
  const words: Word[] = [];
  let at = 0;
  while (at < text.length && words.length < MAXIMUM_WORDS) {
    const blank = BLANK.exec(text.slice(at, at + MAXIMUM_WORD))?.[0].length ?? 0;
    if (blank > 0) {
      at += blank;
      continue;
    }
    const word = readWord(text, at);
    words.push({ value: word.value, range: { start: at + offset, end: word.end + offset } });
    at = word.end;
  }
  return words;
}

const MAXIMUM_WORD = 16_384;
/** Between words: space, operators, continued lines, comments. */
const BLANK = /^(?:[\s;|&()]|\\\r?\n|#[^\n]*)+/;
/** The parts of a word: quoted either way, escaped, or plain; an unclosed quote runs to the end. */
const PART = /'([^']*)(?:'|$)|"((?:[^"\\]|\\[\s\S])*)(?:"|$)|\\\r?\n|\\([\s\S]?)|([^\s;|&()'"\\]+)/y;

function readWord(text: string, start: number): { value: string; end: number } {
  let value = '';
  let end = start;
  PART.lastIndex = start;
  for (let part = PART.exec(text); part; part = PART.exec(text)) {
    const [whole, single, double, escaped, plain] = part;
    if (whole === '') break;
    value += single ?? double?.replace(/\\([\s\S])/g, '$1') ?? escaped ?? plain ?? '';
    end = PART.lastIndex;
  }
  return { value, end: Math.max(end, start + 1) };
}

/** The value of `--flag value` or `--flag=value`; the last one counts. */
export function flagAt(words: readonly Word[], ...names: string[]): Located<string> | null {
  let found: Located<string> | null = null;
  for (const [at, { value, range }] of words.entries()) {
    const separator = value.indexOf('=');
    if (names.includes(value)) {
      const next = words[at + 1];
      if (next && !next.value.startsWith('--'))
        found = { value: next.value, range: next.range, field: { start: range.start, end: next.range.end } };
    } else if (separator > 0 && names.includes(value.slice(0, separator))) {
      const content = value.slice(separator + 1);
      found = { value: content, range: { start: range.end - content.length, end: range.end }, field: range };
    }
  }
  return found;
}
