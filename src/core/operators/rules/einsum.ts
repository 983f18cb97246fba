/**
 * Einsum of any equation, by the size of its index space, operands taken in pairs from the left as the runtime does:
 * a label that only one operand has and nobody needs later is summed first (one elementwise operation per element);
 * then MACs of a pair = product of the sizes of all labels of both. One operand alone multiplies nothing: its sum is one
 * elementwise operation per element, a diagonal or a transposition none.
 */

import type { OperatorCall } from '../call.js';
import { type OperatorRule, rules } from '../rule.js';
import { at, demand, product } from '../shapes.js';

interface Equation {
  /** Labels of every axis of every operand; an ellipsis is spelled out as '.0', '.1' … from the right. */
  operands: string[][];
  result: string[];
  sizes: Map<string, number>;
}

function labelsOf(term: string, ellipsisRank: number): string[] {
  const labels: string[] = [];
  for (let position = 0; position < term.length; position++) {
    if (term.startsWith('...', position)) {
      for (let axis = ellipsisRank - 1; axis >= 0; axis--) labels.push(`.${axis}`);
      position += 2;
    } else labels.push(term[position]!);
  }
  return labels;
}

/** Letters that stand once, in alphabetic order, behind the ellipsis: the output of an equation without an arrow. */
function impliedResult(operands: readonly string[][]): string[] {
  const all = operands.flat();
  const ellipsis = [...new Set(all.filter((label) => label.startsWith('.')))].sort((a, b) => b.localeCompare(a));
  const once = all.filter((label) => !label.startsWith('.') && all.filter((other) => other === label).length === 1);
  return [...ellipsis, ...once.sort()];
}

function parse(call: OperatorCall): Equation {
  const text = call.text('equation', '').replace(/\s+/g, '');
  demand(text !== '' && text.length <= 500);
  const [left = '', right] = text.split('->');
  const terms = left.split(',');
  demand(terms.length === call.inputs.length);
  const sizes = new Map<string, number>();
  let widest = 0;
  const operands = terms.map((term, input) => {
    const dims = call.dims(input);
    const ellipsisRank = term.includes('...') ? dims.length - term.replace('...', '').length : 0;
    widest = Math.max(widest, ellipsisRank);
    const labels = labelsOf(term, ellipsisRank);
    demand(labels.length === dims.length);
    labels.forEach((label, axis) => {
      const known = sizes.get(label) ?? 1;
      demand(known === 1 || at(dims, axis) === 1 || known === dims[axis]);
      sizes.set(label, known === 1 ? at(dims, axis) : known);
    });
    return labels;
  });
  const result = right === undefined ? impliedResult(operands) : labelsOf(right, widest);
  demand(result.every((label) => sizes.has(label)));
  return { operands, result, sizes };
}

const sizeOf = (labels: Iterable<string>, equation: Equation): number =>
  product(Array.from(labels, (label) => equation.sizes.get(label) ?? 1));

/** Visits the pairs from the left; gives MACs and the elements that are summed before a product. */
function count(equation: Equation): { macs: number; sums: number } {
  let macs = 0;
  let sums = 0;
  const neededLater = (from: number, other: ReadonlySet<string>): ReadonlySet<string> =>
    new Set([...equation.operands.slice(from).flat(), ...equation.result, ...other]);
  const reduce = (labels: Set<string>, needed: ReadonlySet<string>): Set<string> => {
    const kept = new Set([...labels].filter((label) => needed.has(label)));
    if (kept.size < labels.size) sums += sizeOf(labels, equation);
    return kept;
  };
  let current = new Set(equation.operands[0]);
  if (equation.operands.length === 1) reduce(current, new Set(equation.result));
  for (let next = 1; next < equation.operands.length; next++) {
    const other = new Set(equation.operands[next]);
    const left = reduce(current, neededLater(next + 1, other));
    const right = reduce(other, neededLater(next + 1, left));
    const both = new Set([...left, ...right]);
    macs += sizeOf(both, equation);
    const needed = neededLater(next + 1, new Set());
    current = new Set([...both].filter((label) => needed.has(label)));
  }
  return { macs, sums };
}

export const einsumRules: OperatorRule[] = rules(
  'Einsum',
  {
    shapes: (call) => {
      const equation = parse(call);
      return [equation.result.map((label) => equation.sizes.get(label) ?? 1)];
    },
    macs: (call) => count(parse(call)).macs,
    elementwise: (call) => count(parse(call)).sums,
  },
  12,
);
