/** Flags as they stand on the command line, read into values. */

import { ExpectedError } from '../core/common/errors.js';
import type { OptimizationLevel } from '../protocol/report.js';
import type { DimensionRequest, InputRequest } from '../protocol/worker.js';

export interface CommonFlags {
  json?: string;
  store?: string;
  config?: string;
  quiet?: boolean;
  force?: boolean;
}

export interface ModelFlags extends CommonFlags {
  dim?: DimensionRequest[];
  html?: string;
  md?: string;
  csv?: string;
  trace?: string;
}

export interface RunFlags extends ModelFlags {
  input?: InputRequest[];
  inputDir?: string;
  seed: number;
  provider?: string;
  threads?: number;
  optimization: OptimizationLevel;
  budget: number;
  memoryLimit?: number;
  dataCheck?: boolean;
}

const MOST_PROVIDERS = 16;
const LEVELS: readonly OptimizationLevel[] = ['disabled', 'basic', 'extended', 'all'];

/** `NAME=N` or `NAME=N,N,N`; a symbol may hold '=' itself, hence the last one counts. */
export function readDimension(text: string, previous: DimensionRequest[] = []): DimensionRequest[] {
  const separator = text.lastIndexOf('=');
  const name = text.slice(0, separator).trim();
  const values = text.slice(separator + 1).split(',');
  if (separator < 1 || name === '' || !values.every((value) => /^\s*\d{1,10}\s*$/.test(value)))
    throw new ExpectedError('input', 'cli.flag.dimension', { text });
  return [...previous, { name, values: values.map(Number), source: 'flag' }];
}

/** `NAME=FILE`. */
export function readInput(text: string, previous: InputRequest[] = []): InputRequest[] {
  const separator = text.indexOf('=');
  const [name, path] = [text.slice(0, separator), text.slice(separator + 1)];
  if (separator < 1 || path === '') throw new ExpectedError('input', 'cli.flag.input', { text });
  return [...previous, { name, path }];
}

/** `--provider a,b` or `--provider all` compares; one name alone is where everything runs. */
export function readProviders(text: string): { provider: string; compareProviders?: string[] } {
  const names = text.split(',').map((name) => name.trim().toLowerCase());
  if (names.length > MOST_PROVIDERS || names.some((name) => !/^[a-z][a-z\d]{0,30}$/.test(name)))
    throw new ExpectedError('input', 'cli.flag.provider', { text });
  const [first] = names;
  return names.length === 1 && first !== undefined && first !== 'all'
    ? { provider: first }
    : { provider: 'cpu', compareProviders: names };
}

/** A whole number from `minimum` to `maximum`, named by its flag in the message. */
export function wholeNumber(flag: string, minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,16}$/.test(text) || value < minimum || value > maximum)
      throw new ExpectedError('input', 'cli.flag.whole', { flag, text, minimum, maximum });
    return value;
  };
}

export function seconds(flag: string, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,6}(\.\d{1,6})?$/.test(text) || value <= 0 || value > maximum)
      throw new ExpectedError('input', 'cli.flag.seconds', { flag, text, maximum });
    return value;
  };
}

/** Any number above 0, up to `maximum`. */
export function positive(flag: string, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,9}(\.\d{1,9})?$/.test(text) || value <= 0 || value > maximum)
      throw new ExpectedError('input', 'cli.flag.positive', { flag, text, maximum });
    return value;
  };
}

export function readOptimization(text: string): OptimizationLevel {
  const level = LEVELS.find((each) => each === text);
  if (!level) throw new ExpectedError('input', 'cli.flag.optimization', { text, levels: LEVELS.join(', ') });
  return level;
}
