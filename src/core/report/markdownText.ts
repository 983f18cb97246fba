/** Other people's names in GitHub-flavoured Markdown: text, whatever they hold. */

import { plainName } from '../../format/views/names.js';

export interface MarkdownColumn {
  heading: string;
  right?: boolean;
}

/**
 * A name as a code span: in it nothing is HTML, a link, a mention, an emoji code or a reference. The fence is longer
 * than any run of backticks inside; '' for ''.
 */
export function code(name: string): string {
  const plain = plainName(name).trim();
  if (plain === '') return '';
  const longest = Math.max(0, ...(plain.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const room = longest > 0 ? ' ' : '';
  return `${fence}${room}${plain}${room}${fence}`;
}

const SPECIAL = /[\\`*_[\]#|~<>&$]/g;
/** What makes a list, a heading or a rule at the beginning of a line. */
const BEGINNING = /^(?=[-+=])|^(\d+)(?=[.)]\s)/;
/** Turned into something by what hosts do to text after Markdown: mentions, references, addresses, emoji codes. */
const LINKED = /@(?=\w)|#(?=\d)|:(?=[\w+-]+:)|(?<=https?):(?=\/\/)|(?<=www)\.(?=\w)/gi;

/** A sentence that may hold names: every character stands for itself. */
export function inline(sentence: string): string {
  const broken = plainName(sentence).replace(LINKED, (sign) => `${sign}\u200b`);
  return broken.replace(SPECIAL, (sign) => `\\${sign}`).replace(BEGINNING, (digits) => `${digits}\\`);
}

/** Pipes are escaped here and nowhere else, in code spans too: a table is split before its cells are read. */
export function markdownTable(columns: readonly MarkdownColumn[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cellText).join(' | ')} |`;
  const heads = line(columns.map(({ heading }) => heading));
  const rule = `| ${columns.map(({ right }) => (right === true ? '---:' : '---')).join(' | ')} |`;
  return [heads, rule, ...rows.map(line)].join('\n');
}

/** A pipe that is not escaped yet gets its backslash; in a code span a backslash before it would stay visible. */
const cellText = (cell: string): string => cell.replace(/(\\*)\|/g, (_, slashes: string) => evenly(slashes));

/** With an odd number of backslashes the pipe is escaped already. */
const evenly = (slashes: string): string => (slashes.length % 2 === 1 ? `${slashes}|` : `${slashes}\\|`);

/** A block of code whose fence is longer than any run of backticks in it. */
export function fenced(content: string, language: string): string {
  const longest = Math.max(2, ...(content.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${content}\n${fence}`;
}
