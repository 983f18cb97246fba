/** Seeded synthetic data for inputs that no file feeds. */

import { ExpectedError } from '../../common/errors.js';
import { oneLine } from '../../common/oneLine.js';
import { dataTypeNumber, elementCount, tensorBytes } from '../../model/dataTypes.js';
import type { TensorValue } from '../port.js';
import { tensorFrom } from './elements.js';
import { createRandom, seedFor } from './random.js';
import { type InputUse, type SyntheticRule, syntheticRule } from './syntheticRules.js';
import type { ModelInput } from './types.js';

/** Ids stay below this where the embedding's rows are not known. */
const SMALL_VOCABULARY = 100;
/** Enough for a loop to be seen, few enough for one around a whole model. */
const TRIPS = 8;
const SAMPLE_RATE_HZ = 16_000;
const LARGEST_INPUT_BYTES = 4 * 2 ** 30;
const RANGES: Readonly<Record<string, readonly [low: number, high: number]>> = {
  int4: [-8, 7],
  uint4: [0, 15],
  int8: [-128, 127],
  uint8: [0, 255],
};

interface Surroundings {
  inputs: readonly ModelInput[];
  rows: number | undefined;
  random: () => number;
}

/** Tokens before the ones that are fed: what the attention mask is longer by. */
function cachedLength(input: ModelInput, inputs: readonly ModelInput[]): number {
  const mask = inputs.find((other) => /attention_?mask/.test(other.name.toLowerCase()));
  const whole = mask?.shape[mask.shape.length - 1] ?? 0;
  return Math.max(0, whole - (input.shape[input.shape.length - 1] ?? 0));
}

const hasCache = (inputs: readonly ModelInput[]): boolean =>
  inputs.some((input) => /past/.test(input.name.toLowerCase()) && elementCount(input.shape) > 0);

function positions(input: ModelInput, around: Surroundings): (index: number) => number {
  const length = Math.max(1, input.shape[input.shape.length - 1] ?? 1);
  const start = cachedLength(input, around.inputs);
  const last = (around.rows ?? Infinity) - 1;
  return (index) => Math.min(last, start + (index % length));
}

function longestAxis(input: ModelInput, inputs: readonly ModelInput[]): number {
  const others = inputs.filter((other) => other !== input);
  return Math.max(1, ...others.flatMap((other) => other.shape.slice(1)));
}

type Values = (index: number) => number;

const VALUES: Readonly<Record<SyntheticRule, (input: ModelInput, around: Surroundings) => Values>> = {
  uniform01: (_, { random }) => random,
  noise:
    (_, { random }) =>
    () =>
      2 * random() - 1,
  zeros: () => () => 0,
  ones: () => () => 1,
  tokenIds: (input, { rows, random }) => {
    const bound = Math.min(rows ?? SMALL_VOCABULARY, (RANGES[input.dataType]?.[1] ?? Infinity) + 1);
    return () => Math.floor(random() * bound);
  },
  positions,
  lengths: (input, { inputs }) => {
    const longest = longestAxis(input, inputs);
    return () => longest;
  },
  sampleRate: () => () => SAMPLE_RATE_HZ,
  bytes: (input, { random }) => {
    const [low, high] = RANGES[input.dataType] ?? [0, 127];
    return () => low + Math.floor(random() * (high - low + 1));
  },
  coin:
    (_, { random }) =>
    () =>
      Math.floor(random() * 2),
  smallIntegers:
    (_, { random }) =>
    () =>
      Math.floor(random() * 2),
  cacheInUse: (_, { inputs }) => {
    const used = hasCache(inputs) ? 1 : 0;
    return () => used;
  },
  trips: () => () => TRIPS,
  text: () => () => 0,
};

/**
 * Data for one input; the same for the same seed, name, type and shape. `use`: what the graph does with it.
 * ExpectedError for a type that cannot be fed, or a size that cannot be held.
 */
export function syntheticTensor(
  input: ModelInput,
  inputs: readonly ModelInput[],
  use: InputUse,
  seed: number,
): { value: TensorValue; source: string } {
  const bytes = tensorBytes(dataTypeNumber(input.dataType), input.shape) ?? elementCount(input.shape) * 16;
  if (!(bytes <= LARGEST_INPUT_BYTES))
    throw new ExpectedError('input', 'measure.input.tooLarge', {
      name: oneLine(input.name, 80),
      shape: input.shape.join(' × '),
    });
  const rule = syntheticRule(input, use);
  const source = `synthetic:${rule}`;
  if (rule === 'text') {
    const data = Array.from({ length: elementCount(input.shape) }, (_, index) => `text ${index}`);
    return { value: { dataType: 'string', dims: [...input.shape], data }, source };
  }
  const random = createRandom(seedFor(seed, input.name));
  const values = VALUES[rule](input, { inputs, rows: use.rows, random });
  return { value: tensorFrom(input.name, input.dataType, input.shape, values), source };
}
