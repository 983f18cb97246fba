/** The command line that repeats a scenario. Names in it come from files: they are quoted, or left out where that is not safe. */

import type { BoundDimension } from '../../protocol/report.js';
import type { InputRequest } from '../../protocol/worker.js';

const PLAIN = /^[\w./:=@+,-]+$/;

/** One word as the platform's shell reads it; null where there is no safe way to write it. */
export function quoted(word: string, platform: NodeJS.Platform = process.platform): string | null {
  if (PLAIN.test(word)) return word;
  if (Array.from(word).some((character) => character < ' ' || character === '\u007f')) return null;
  if (platform !== 'win32') return `'${word.replaceAll("'", String.raw`'\''`)}'`;
  return /["%$`!^]/.test(word) || word.endsWith('\\') ? null : `"${word}"`;
}

/** `command` is the call with its other flags; the model, its dimensions and inputs are added. Solved dimensions follow from the others. */
export function repeatCommand(
  command: string,
  modelPath: string,
  dimensions: readonly BoundDimension[],
  inputs: readonly InputRequest[],
): string {
  const words = [command === '' ? 'inference-profiler profile' : command, quoted(modelPath) ?? 'MODEL'];
  const add = (flag: string, value: string): void => {
    const word = quoted(value);
    if (word !== null) words.push(flag, word);
  };
  for (const { name, value, source } of dimensions) if (source !== 'expression') add('--dim', `${name}=${value}`);
  for (const { name, path } of inputs)
    if (name === null) add('--input-dir', path);
    else add('--input', `${name}=${path}`);
  return words.join(' ');
}

/** The call with another provider or budget than it was made with; its other flags stay. */
export function withConditions(command: string, conditions: { provider?: string; budgetSeconds?: number }): string {
  let call = command === '' ? 'inference-profiler profile' : command;
  const set = (flag: string, value: string): void => {
    const word = quoted(value);
    call = call.replace(new RegExp(` ${flag} (?:'[^']*'|"[^"]*"|\\S+)`), '');
    if (word !== null) call += ` ${flag} ${word}`;
  };
  if (conditions.provider !== undefined) set('--provider', conditions.provider);
  if (conditions.budgetSeconds !== undefined) set('--budget', String(conditions.budgetSeconds));
  return call;
}
