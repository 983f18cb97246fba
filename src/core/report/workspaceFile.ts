/** Reads `inference-profiler.json`, the settings that a workspace shares. Comments are allowed, as VS Code allows them. */

import { readFileSync, statSync } from 'node:fs';

import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';

import type { WorkspaceFile } from '../../protocol/settings.js';
import type { Message } from '../../protocol/text.js';
import { ExpectedError } from '../common/errors.js';
import validate from './generated/validateWorkspaceFile.mjs';
import { MAXIMUM_WORKSPACE_FILE_BYTES } from './limits.js';
import { complaintOf, isUnknownKey, type Path, shortened, unknownKeys } from './schemaErrors.js';

/** Hears of keys that are not known, which a later version may know: they are left alone. */
export type OnUnknownKey = (message: Message) => void;

/** @throws ExpectedError (input) naming the file, line and column of what is wrong. */
export function readWorkspaceFile(file: string, onUnknownKey?: OnUnknownKey): WorkspaceFile {
  return parseWorkspaceFile(readBounded(file), file, onUnknownKey);
}

/** `file` is for messages only. */
export function parseWorkspaceFile(text: string, file: string, onUnknownKey?: OnUnknownKey): WorkspaceFile {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first || !tree) {
    const problem = first ? spaced(printParseErrorCode(first.error)) : 'empty';
    throw new ExpectedError('input', 'report.workspaceFile.syntax', {
      ...positionOf(text, first?.offset ?? 0),
      file,
      problem,
    });
  }
  const value: unknown = getNodeValue(tree);
  const at = (path: Path): Record<string, string | number> => ({
    ...positionOf(text, nodeAt(tree, path).offset),
    file,
  });
  if (isWorkspaceFile(value)) {
    checkHours(value, at);
    if (onUnknownKey)
      for (const { key, offset } of keysWithoutEffect(tree)) {
        const params = { ...positionOf(text, offset), file, key: shortened(key) };
        onUnknownKey({ code: 'report.workspaceFile.unknownKey', params });
      }
    return value;
  }
  const { path, place, expectation } = complaintOf(validate.errors?.filter((error) => !isUnknownKey(error)));
  throw new ExpectedError('input', 'report.workspaceFile.schema', { ...at(path), place, expectation });
}

const isWorkspaceFile = (value: unknown): value is WorkspaceFile =>
  validate(value) || (validate.errors ?? []).every(isUnknownKey);

/** More than these are another kind of file, and finding each of them takes a while. */
const MOST_UNKNOWN_KEYS = 20;

/** In the file's order. */
const keysWithoutEffect = (tree: Node): { key: string; offset: number }[] =>
  unknownKeys(validate.errors)
    .slice(0, MOST_UNKNOWN_KEYS)
    .map((path) => ({ key: String(path.at(-1)), offset: (nodeAt(tree, path).parent ?? tree).offset }))
    .sort((one, other) => one.offset - other.offset);

/** What a schema of types does not say: a day or a week, and no hour below zero. */
function checkHours({ serving }: WorkspaceFile, at: (path: Path) => Record<string, string | number>): void {
  const hourly = serving?.hourly;
  if (!hourly) return;
  const path = ['serving', 'hourly'];
  if (hourly.length !== 24 && hourly.length !== 168)
    throw new ExpectedError('input', 'report.workspaceFile.hours', { ...at(path), count: hourly.length });
  const negative = hourly.findIndex((rate) => rate < 0);
  if (negative !== -1) throw new ExpectedError('input', 'report.workspaceFile.hour', at([...path, negative]));
}

function readBounded(file: string): string {
  let problem: unknown;
  try {
    const stat = statSync(file);
    if (stat.isFile() && stat.size <= MAXIMUM_WORKSPACE_FILE_BYTES) return readFileSync(file, 'utf8');
  } catch (error) {
    problem = error;
  }
  throw new ExpectedError('input', 'report.workspaceFile.unreadable', { file }, { cause: problem });
}

const nodeAt = (tree: Node, path: Path): Node =>
  // Keys of objects may look like indexes.
  findNodeAtLocation(tree, path) ?? findNodeAtLocation(tree, path.map(String)) ?? tree;

/** From 1, as editors count. */
function positionOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** `CommaExpected` as people read it: `comma expected`. */
const spaced = (code: string): string => code.replace(/\B[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).toLowerCase();
