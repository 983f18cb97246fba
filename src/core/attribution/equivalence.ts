/** Tensors of the file that have equal values, so that the optimiser may use one for the other. */

import type { AttributeValue, Node } from '../model/graph.js';
import type { Operator, OriginalGraph } from './originalGraph.js';

/** Their output is their input, when they only run inference. */
const PASS_THROUGH: ReadonlySet<string> = new Set(['Identity', 'Dropout']);

export const isPassThrough = (node: Node): boolean => node.domain === '' && PASS_THROUGH.has(node.opType);

/** Maps each tensor to one name that stands for all equal ones. */
export class EqualTensors {
  private readonly representatives = new Map<string, string>();
  /** Operators that compute the same, under each of them. */
  private readonly groups = new Map<Operator, Operator[]>();

  constructor(graph: OriginalGraph, constantKey: (tensor: string) => string | null) {
    const seen = new Map<string, Operator>();
    for (const operator of graph.operators) {
      if (isPassThrough(operator.node)) this.alias(operator.node.outputs[0], operator.node.inputs[0]);
      const key = this.keyOf(operator, constantKey);
      if (key === null) continue;
      const first = seen.get(key);
      if (first) this.merge(operator, first);
      else seen.set(key, operator);
    }
  }

  of(tensor: string): string {
    return this.representatives.get(tensor) ?? tensor;
  }

  /** All operators that compute the same as this one, itself included. */
  equalTo(operator: Operator): readonly Operator[] {
    return this.groups.get(operator) ?? [operator];
  }

  private merge(operator: Operator, first: Operator): void {
    const group = this.groups.get(first) ?? [first];
    group.push(operator);
    for (const member of group) this.groups.set(member, group);
    for (const [index, output] of operator.node.outputs.entries()) this.alias(output, first.node.outputs[index]);
  }

  private alias(tensor: string | undefined, same: string | undefined): void {
    if (tensor && same) this.representatives.set(tensor, this.of(same));
  }

  /** Equal for operators that compute the same; null where that cannot be told. */
  private keyOf({ node, bodies }: Operator, constantKey: (tensor: string) => string | null): string | null {
    if (bodies.length > 0 || /^(Random|Bernoulli$|Multinomial$)/.test(node.opType)) return null;
    const attributes: string[] = [];
    for (const attribute of node.attributes) {
      const value = valueKey(attribute);
      if (value === null) return null;
      attributes.push(`${attribute.name}=${value}`);
    }
    const inputs = node.inputs.map((input) => constantKey(input) ?? `t ${this.of(input)}`);
    return JSON.stringify([node.domain, node.opType, inputs, attributes.sort(), node.outputs.length]);
  }
}

function valueKey(attribute: AttributeValue): string | null {
  switch (attribute.type) {
    case 'float':
    case 'int':
    case 'string':
    case 'floats':
    case 'ints':
    case 'strings':
      return JSON.stringify([attribute.type, attribute.value]);
    default:
      return null;
  }
}
