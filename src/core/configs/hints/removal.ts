import type { TextRange } from '../tree/node.js';
import type { HintEdit } from './hint.js';

/** Beyond it no field that is worth a quick fix goes. */
const LONGEST_FIELD = 400;

/**
 * What takes a field out of a YAML or JSON text: its line where it has one to itself, else the field with one comma.
 * null where it is not clear that nothing else goes with it: anchors, aliases, the first field of a list's entry.
 */
export function removal(source: string, { start, end }: TextRange): HintEdit | null {
  const written = source.slice(start, end);
  if (written.length > LONGEST_FIELD || /[&*\n]/.test(written)) return null;
  const lineStart = source.lastIndexOf('\n', start - 1) + 1;
  const before = source.slice(lineStart, start);
  const [, comma = ''] = /^[ \t]*(,?)/.exec(source.slice(end, end + LONGEST_FIELD)) ?? [];
  const closes = /^\s*\}/.test(source.slice(end, end + LONGEST_FIELD));
  // The last one of an object: the comma before it goes too.
  if (comma === '' && closes) {
    const kept = source.slice(0, start).trimEnd();
    return { range: { start: kept.endsWith(',') ? kept.length - 1 : start, end }, text: '' };
  }
  const rest = /^[ \t]*,?[ \t]*\r?(?:\n|$)/.exec(source.slice(end, end + LONGEST_FIELD));
  if (/^[ \t]*$/.test(before) && rest) return { range: { start: lineStart, end: end + rest[0].length }, text: '' };
  // What is said beside it stays.
  if (/^[ \t]*#/.test(source.slice(end)) && /^[ \t]*$/.test(before)) return { range: { start, end }, text: '' };
  if (comma === '') return null;
  const gap = /^[ \t]*,[ \t]*/.exec(source.slice(end))?.[0].length ?? 0;
  return { range: { start, end: end + gap }, text: '' };
}
