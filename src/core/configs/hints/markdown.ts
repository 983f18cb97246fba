/** A hint's hover as Markdown. Names come from files: every one is escaped, and nothing is HTML. */

import type { HintAction, HintDetails } from './hint.js';

/** What may start markup, a link, an icon or a table's cell. */
export const escapeMarkdown = (text: string): string =>
  text
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/[\\`*_{}[\]()#+\-.!|<>~$&:@/]/g, (character) =>
      /[<>&]/.test(character) ? `&#${character.charCodeAt(0)};` : `\\${character}`,
    );

/** Figures stay on one line; only the words of the last column may break. */
const cellOf = (text: string, column: number): string =>
  column < 3 ? escapeMarkdown(text).replaceAll(' ', '\u00a0') : escapeMarkdown(text);

/** Without `link`, links are left out: a document has nothing to run them. */
export function hintMarkdown(details: HintDetails, link?: (action: HintAction) => string | null): string {
  const parts = [`**${escapeMarkdown(details.title)}**`];
  if (details.rows.length > 0)
    parts.push(
      [
        '| | | | |',
        '|:--|--:|--:|:--|',
        ...details.rows.map(({ cells }) => `| ${cells.map(cellOf).join(' | ')} |`),
      ].join('\n'),
    );
  if (details.notes.length > 0) parts.push(details.notes.map(escapeMarkdown).join('  \n'));
  const links = details.links.flatMap(({ label, action }) => {
    const target = link?.(action) ?? null;
    return target === null ? [] : [`[${escapeMarkdown(label)}](${target})`];
  });
  if (links.length > 0) parts.push(links.join(' · '));
  return parts.join('\n\n');
}
