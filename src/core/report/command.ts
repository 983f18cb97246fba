import type { BoundDimension } from '../../protocol/report.js';
import type { InputRequest } from '../../protocol/worker.js';

/**
 * The command line that repeats one scenario: `command` with the model, its dimensions and inputs behind it. Solved
 * dimensions are left out: they follow from the others.
 */
export function repeatCommand(
  command: string,
  modelPath: string,
  dimensions: readonly BoundDimension[],
  inputs: readonly InputRequest[],
): string {
  const parts = [command, quoted(modelPath)];
  for (const { name, value, source } of dimensions)
    if (source !== 'expression') parts.push('--dim', quoted(`${name}=${value}`));
  for (const { name, path } of inputs)
    parts.push(...(name === null ? ['--input-dir', quoted(path)] : ['--input', quoted(`${name}=${path}`)]));
  return parts.join(' ');
}

/** As a POSIX shell reads it; plain words as they are. Line ends would end the command. */
function quoted(word: string): string {
  const line = word.replace(/[\r\n]+/g, ' ');
  return /^[\w@%+=:,./\\-]+$/.test(line) && !/\\/.test(line) ? line : `'${line.replaceAll("'", String.raw`'\''`)}'`;
}
