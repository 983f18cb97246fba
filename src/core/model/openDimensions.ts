/** The dimensions of a model's inputs that its file leaves open. */

import type { Place } from './dimensionDefaults.js';
import { kindOfFactor } from './dimensionDefaults.js';
import { type Expression, namesOf, parseExpression } from './dimensionExpression.js';
import { type DimensionKind, isStateInput, kindByName, kindByPlace } from './dimensionKinds.js';
import type { DimensionRef, ModelGraph, ValueInfo } from './graph.js';
import { tensorNumbers } from './tensorNumbers.js';

export interface OpenDimension {
  /** The symbol, or `INPUT:AXIS` for an axis without one. */
  name: string;
  /** Where it stands; empty for a name that only an expression mentions. */
  places: Place[];
  kind: DimensionKind;
  /** The file has no symbol for it. */
  anonymous: boolean;
  /** The kind was read off the symbol's name. */
  named: boolean;
  expression: Expression | null;
}

/** Inputs that a caller feeds: an initializer of the same name is only their default. */
export function feedInputs({ graph }: Pick<ModelGraph, 'graph'>): ValueInfo[] {
  const { names, inputs, initializers } = tensorNumbers(graph);
  const hasDefault = new Uint8Array(names.length);
  for (let index = 0; index < initializers.length; index++) hasDefault[initializers[index]!] = 1;
  return graph.inputs.filter((_, index) => hasDefault[inputs[index]!] === 0);
}

/** What exporters write for "any" says nothing, and two of them need not be equal. */
const MEANINGLESS = /^(\?|none|null|-?\d*|unknown|dynamic|\s*)$/i;

/** The name under which an axis is bound; null for a fixed one. */
export function dimensionName(input: string, axis: number, dimension: DimensionRef): string | null {
  if (typeof dimension === 'number' && dimension >= 0) return null;
  return typeof dimension === 'string' && !MEANINGLESS.test(dimension) ? dimension : `${input}:${axis}`;
}

/** Shape of an input under bindings; null when its rank is unknown or a dimension has no value. */
export function boundShape(input: ValueInfo, bindings: ReadonlyMap<string, number>): number[] | null {
  if (input.type.kind !== 'tensor' || !input.type.shape) return null;
  const shape: number[] = [];
  for (const [axis, dimension] of input.type.shape.entries()) {
    const name = dimensionName(input.name, axis, dimension);
    const value = name === null ? Number(dimension) : bindings.get(name);
    if (value === undefined) return null;
    shape.push(value);
  }
  return shape;
}

/** In the order of the inputs and their axes; names that only expressions mention come last. */
export function openDimensions(inputs: readonly ValueInfo[], streaming: boolean): OpenDimension[] {
  const places = new Map<string, Place[]>();
  for (const input of inputs) {
    if (input.type.kind !== 'tensor' || !input.type.shape) continue;
    const { shape } = input.type;
    for (const [axis, dimension] of shape.entries()) {
      const name = dimensionName(input.name, axis, dimension);
      if (name !== null) places.set(name, [...(places.get(name) ?? []), { input, shape, axis }]);
    }
  }
  const open = [...places].map(([name, found]) => described(name, found, places, streaming));
  const factors = new Set(open.flatMap(({ expression }) => (expression ? namesOf(expression) : [])));
  const implicit = [...factors].filter((name) => !places.has(name));
  return [
    ...open,
    ...implicit.map((name) => ({
      name,
      places: [],
      kind: kindOfFactor(name),
      anonymous: false,
      named: true,
      expression: null,
    })),
  ];
}

function described(
  name: string,
  places: Place[],
  known: ReadonlyMap<string, unknown>,
  streaming: boolean,
): OpenDimension {
  const [first] = places;
  const anonymous = first !== undefined && name === `${first.input.name}:${first.axis}`;
  const byName = anonymous ? null : kindByName(name);
  const kind = streaming && places.some(isWaveform) ? 'samples' : (byName ?? (first ? placeKind(first) : 'count'));
  const expression = anonymous ? null : arithmetic(name, known);
  return { name, places, kind, anonymous, named: byName === kind, expression };
}

/** Beside a sampling rate, rows of numbers are sound, whatever their symbol. */
const FLOAT_TYPES = new Set([1, 10, 11]);
const isWaveform = ({ input, shape, axis }: Place): boolean =>
  axis === 1 &&
  shape.length === 2 &&
  !isStateInput(input.name) &&
  input.type.kind === 'tensor' &&
  FLOAT_TYPES.has(input.type.dataType);

function placeKind({ input, shape, axis }: Place): DimensionKind {
  return input.type.kind === 'tensor'
    ? kindByPlace({ name: input.name, dataType: input.type.dataType, shape, axis })
    : 'count';
}

/** A symbol such as `seq-len` reads like a difference, but is a name unless both sides are dimensions too. */
function arithmetic(name: string, known: ReadonlyMap<string, unknown>): Expression | null {
  const expression = parseExpression(name);
  if (!expression) return null;
  const names = namesOf(expression);
  const isWritten = /[+*/%(]|\s-\s/.test(name);
  return names.every((each) => known.has(each) || (isWritten && kindByName(each) !== null)) ? expression : null;
}
