/** The command line that repeats a scenario. Names in it come from files: they are quoted, or left out where that is not safe. */

import type { BoundDimension } from '../../protocol/report.js';
import type { InputRequest } from '../../protocol/worker.js';

const PLAIN = /^[\w./:=@+,-]+$/;
const CONTROL = /\p{Cc}/u;

/** null when the shell of the platform has no safe way to write it. */
export function quoted(argument: string, platform: NodeJS.Platform = process.platform): string | null {
  if (PLAIN.test(argument)) return argument;
  if (CONTROL.test(argument)) return null;
  if (platform !== 'win32') return `'${argument.replaceAll("'", `'\\''`)}'`;
  // cmd and PowerShell agree on double quotes only around what neither expands.
  return /["%$`!^]/.test(argument) || argument.endsWith('\\') ? null : `"${argument}"`;
}

/** `base` is the call with its other options ('' for none); dimensions and inputs are added. */
export function repeatCommand(
  base: string,
  modelPath: string,
  dimensions: readonly BoundDimension[],
  inputs: readonly InputRequest[],
  platform: NodeJS.Platform = process.platform,
): string {
  const words = [base === '' ? `inference-profiler profile ${quoted(modelPath, platform) ?? 'MODEL'}` : base];
  const add = (flag: string, argument: string): void => {
    const word = quoted(argument, platform);
    if (word !== null) words.push(`${flag} ${word}`);
  };
  // Expressions follow from the others.
  for (const { name, value, source } of dimensions) if (source !== 'expression') add('--dim', `${name}=${value}`);
  for (const { name, path: file } of inputs) {
    if (name === null) add('--input-dir', file);
    else add('--input', `${name}=${file}`);
  }
  return words.join(' ');
}
