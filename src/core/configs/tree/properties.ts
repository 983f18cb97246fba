/** Java properties with the places of keys and values; a value that is JSON over several lines is read as JSON. */

import { parseJson } from './json.js';
import { type ConfigEntry, type ConfigNode, mapNode, scalarNode } from './node.js';

interface LogicalLine {
  /** The text without what continues it: a backslash, the line break, the indentation after it. */
  text: string;
  /** Offset in the file of each character of `text`, and of its end. */
  offsets: number[];
}

export function parseProperties(text: string): ConfigNode {
  const entries = logicalLines(text).flatMap((line) => entryOf(line));
  return mapNode({ start: 0, end: text.length }, entries);
}

function logicalLines(text: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let current: LogicalLine | null = null;
  let start = 0;
  while (start < text.length) {
    const breakAt = text.indexOf('\n', start);
    const next = breakAt === -1 ? text.length : breakAt + 1;
    const end = breakAt === -1 ? text.length : breakAt - (text[breakAt - 1] === '\r' ? 1 : 0);
    const from = start + (/^[ \t\f\uFEFF]*/.exec(text.slice(start, end))?.[0].length ?? 0);
    const isComment = current === null && (text[from] === '#' || text[from] === '!');
    if (!isComment) current = append(current, text, from, end, lines);
    start = next;
  }
  if (current) lines.push(current);
  return lines;
}

/** Returns the line while it goes on. */
function append(
  current: LogicalLine | null,
  text: string,
  from: number,
  end: number,
  lines: LogicalLine[],
): LogicalLine | null {
  const backslashes = /\\*$/.exec(text.slice(from, end))?.[0].length ?? 0;
  const continues = backslashes % 2 === 1;
  const line = current ?? { text: '', offsets: [] };
  const upTo = continues ? end - 1 : end;
  for (let at = from; at < upTo; at += 1) line.offsets.push(at);
  line.text += text.slice(from, upTo);
  if (continues) return line;
  if (line.text !== '') lines.push({ text: line.text, offsets: [...line.offsets, upTo] });
  return null;
}

function entryOf({ text, offsets }: LogicalLine): ConfigEntry[] {
  const match = /^((?:[^\s=:\\]|\\.)+)[ \t]*(?:[=:][ \t]*)?/.exec(text);
  if (!match) return [];
  const [whole, key = ''] = match;
  const trimmed = text.trimEnd();
  const place = (at: number): number => offsets[Math.min(at, offsets.length - 1)] ?? 0;
  const range = { start: place(whole.length), end: Math.max(place(whole.length), place(trimmed.length)) };
  const value = trimmed.slice(whole.length);
  const json = /^[[{]/.test(value) ? parseJson(value) : null;
  return [
    {
      key: key.replace(/\\(.)/g, '$1'),
      range: { start: place(0), end: range.end },
      value: json ? moved(json, whole.length, place) : scalarNode(range, value === '' ? null : value),
    },
  ];
}

/** A tree read from a logical line, with the places of the file. */
function moved(node: ConfigNode, by: number, place: (at: number) => number): ConfigNode {
  const move = ({ start, end }: { start: number; end: number }): { start: number; end: number } => ({
    start: place(start + by),
    // Behind the last character: the next one may be on another line.
    end: end > start ? place(end + by - 1) + 1 : place(end + by),
  });
  return {
    ...node,
    range: move(node.range),
    items: node.items.map((item) => moved(item, by, place)),
    entries: node.entries.map((entry) => ({
      key: entry.key,
      range: move(entry.range),
      value: moved(entry.value, by, place),
    })),
  };
}
