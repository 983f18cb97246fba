import type { FileHints } from '../commands/hints.js';
import type { Terminal } from '../terminal.js';
import { plainName } from '../../format/views/names.js';

/** `FILE:LINE:COLUMN: hint`, as compilers write it; from 1. */
export function hintLines(found: readonly FileHints[], { text }: Terminal): string[] {
  return found.flatMap(({ file, hints, at }) => {
    const name = plainName(file);
    if (hints.length === 0) return [text('cli.hints.none', { file: name })];
    return hints.map((hint) => {
      const { start } = at(hint);
      const words = hint.severity === null ? hint.text : text(`cli.hints.${hint.severity}`, { text: hint.text });
      return `${name}:${start.line + 1}:${start.character + 1}: ${words}`;
    });
  });
}

const LONGEST_LINE = 120;

/** A table for a comment: where, what stands there, what it comes to. */
export function hintTable(found: readonly FileHints[], { text }: Terminal): string {
  const head = ['place', 'field', 'hint'] as const;
  const rows = found.flatMap(({ file, hints, at, text: source }) => {
    const lines = source.split(/\r\n|\r|\n/);
    return hints.map((hint) => {
      const { start } = at(hint);
      const line = hint.kind === 'lens' ? '' : (lines[start.line] ?? '').trim().slice(0, LONGEST_LINE);
      const words = hint.severity === null ? hint.text : text(`cli.hints.${hint.severity}`, { text: hint.text });
      return `| ${cell(`${plainName(file)}:${start.line + 1}`)} | ${line === '' ? '' : code(line)} | ${cell(words)} |`;
    });
  });
  const titles = head.map((each) => text(`cli.hints.column.${each}`)).join(' | ');
  return [`| ${titles} |`, '|---|---|---|', ...rows, ''].join('\n');
}

const cell = (value: string): string =>
  value.replace(/[\\`*_[\]<>|#@]/g, (character) =>
    /[<>]/.test(character) ? `&#${character.charCodeAt(0)};` : `\\${character}`,
  );

/** A line of a file may hold backticks and bars itself. */
const code = (value: string): string => `\`${value.replaceAll('`', "'").replaceAll('|', '\\|')}\``;
