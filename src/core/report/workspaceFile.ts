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
import { ExpectedError } from '../common/errors.js';
import validate from './generated/validateWorkspaceFile.mjs';
import { MAXIMUM_WORKSPACE_FILE_BYTES } from './limits.js';
import { complaintOf } from './schemaErrors.js';

/** @throws ExpectedError (input) naming the file, line and column of what is wrong. */
export function readWorkspaceFile(file: string): WorkspaceFile {
  return parseWorkspaceFile(readBounded(file), file);
}

/** `file` is for messages only. */
export function parseWorkspaceFile(text: string, file: string): WorkspaceFile {
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
  if (isWorkspaceFile(value)) {
    checkHours(value, (path) => ({ ...positionOf(text, offsetOf(tree, path)), file }));
    return value;
  }
  const { path, place, expectation } = complaintOf(validate.errors);
  const position = positionOf(text, offsetOf(tree, path));
  throw new ExpectedError('input', 'report.workspaceFile.schema', { ...position, file, place, expectation });
}

const isWorkspaceFile = (value: unknown): value is WorkspaceFile => validate(value);

/** What a schema of types does not say: a day or a week, and no hour below zero. */
function checkHours(
  { serving }: WorkspaceFile,
  at: (path: (string | number)[]) => Record<string, string | number>,
): void {
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

const offsetOf = (tree: Node, path: (string | number)[]): number =>
  // Keys of objects may look like indexes.
  (findNodeAtLocation(tree, path) ?? findNodeAtLocation(tree, path.map(String)) ?? tree).offset;

/** From 1, as editors count. */
function positionOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** `CommaExpected` as people read it: `comma expected`. */
const spaced = (code: string): string => code.replace(/\B[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).toLowerCase();
