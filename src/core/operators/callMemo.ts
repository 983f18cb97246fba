/**
 * What was found for operators, for others that are the same: a network repeats its layers, and most of its operators
 * differ from an earlier one by nothing but the names of their tensors.
 */

import type { Attribute, Node } from '../model/graph.js';
import type { OperatorCall } from './call.js';
import type { EvaluatedOutputs } from './evaluate.js';
import type { Elements, OperatorRule } from './rule.js';
import { sameShape } from './shapes.js';
import type { OperatorCost, TensorInfo } from './types.js';

type Inputs = readonly (TensorInfo | null)[];

/** What an operator's outputs and cost come to. */
export interface EvaluatedNode {
  /** null for an omitted output. */
  outputs: readonly (TensorInfo | null)[];
  /** null: no rule. */
  cost: OperatorCost | null;
  stop: EvaluatedOutputs['stop'];
  /** Output shapes depend on values that only a run knows. */
  dataDependent: boolean;
}

interface Entry {
  found: EvaluatedNode;
  attributes: readonly Attribute[];
  inputs: Inputs;
  /** By input: elements that the rule asked for; undefined where it did not. */
  asked: readonly (Elements | undefined)[];
}

/** Of calls that differ in something that the key leaves out, the latest; a search stays short. */
const MOST_OF_A_KEY = 8;
/** Longest value that is compared. */
const LONGEST_VALUE = 16;

export class CallMemo {
  private readonly byRule = new Map<OperatorRule, Map<number, Entry[]>>();

  constructor(private readonly readValue: (info: TensorInfo) => Elements) {}

  /** An earlier operator's, if nothing that its rule saw was different. */
  find(rule: OperatorRule, { attributes, outputs }: Node, inputs: Inputs): EvaluatedNode | null {
    const entries = this.byRule.get(rule)?.get(keyOf(inputs));
    if (!entries) return null;
    for (const entry of entries) {
      if (entry.found.outputs.length !== outputs.length || !sameInputs(entry.inputs, inputs)) continue;
      if (sameAttributes(entry.attributes, attributes) && this.sameValues(entry.asked, inputs)) return entry.found;
    }
    return null;
  }

  /** `found`: follows from the rule, the node's attributes and what the call was asked for alone, and does not change. */
  add(rule: OperatorRule, { attributes }: Node, call: OperatorCall, found: EvaluatedNode): void {
    const asked = this.askedOf(call);
    if (!asked || !attributes.every(isPlain)) return;
    const entries = this.entriesOf(rule, keyOf(call.inputs));
    if (entries.length === MOST_OF_A_KEY) entries.pop();
    entries.unshift({ found, attributes, inputs: call.inputs, asked });
  }

  private entriesOf(rule: OperatorRule, key: number): Entry[] {
    const ofRule = this.byRule.get(rule) ?? new Map<number, Entry[]>();
    this.byRule.set(rule, ofRule);
    const entries = ofRule.get(key) ?? [];
    ofRule.set(key, entries);
    return entries;
  }

  /** null where a value that was asked for is too long to be compared. */
  private askedOf({ inputs, asked }: OperatorCall): (Elements | undefined)[] | null {
    if (asked.size === 0) return [];
    const values = inputs.map((info, input) => (info && asked.has(input) ? this.readValue(info) : undefined));
    return values.some((value) => (value?.length ?? 0) > LONGEST_VALUE) ? null : values;
  }

  private sameValues(asked: Entry['asked'], inputs: Inputs): boolean {
    for (let input = 0; input < asked.length; input++) {
      const elements = asked[input];
      const info = inputs[input];
      if (elements !== undefined && info && !sameShape(elements, this.readValue(info))) return false;
    }
    return true;
  }
}

/** From types and shapes: numbers, so that no text need be made of each operator. */
function keyOf(inputs: Inputs): number {
  let key = inputs.length;
  for (let input = 0; input < inputs.length; input++) {
    const info = inputs[input];
    key = mixed(key, info ? info.dataType : -1);
    const shape = info?.shape ?? NO_DIMS;
    for (let axis = 0; axis < shape.length; axis++) key = mixed(key, shape[axis]!);
  }
  return key;
}

const NO_DIMS: readonly number[] = [];

const mixed = (key: number, value: number): number => (Math.imul(key, 31) + value) & 0x3fffffff;

function sameInputs(one: Inputs, other: Inputs): boolean {
  if (one.length !== other.length) return false;
  for (let input = 0; input < one.length; input++) {
    const a = one[input];
    const b = other[input];
    if (a === b) continue;
    if (!a || !b || a.dataType !== b.dataType || !sameShape(a.shape, b.shape)) return false;
  }
  return true;
}

/** Tensors and graphs in attributes are not compared. */
function isPlain({ type }: Attribute): boolean {
  return type === 'int' || type === 'ints' || type === 'float' || type === 'string';
}

function sameAttributes(one: readonly Attribute[], other: readonly Attribute[]): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) {
    const a = one[index]!;
    const b = other[index]!;
    if (a.name !== b.name || a.type !== b.type) return false;
    if (a.value === b.value) continue;
    if (a.type !== 'ints' || b.type !== 'ints' || !sameShape(a.value, b.value)) return false;
  }
  return true;
}
