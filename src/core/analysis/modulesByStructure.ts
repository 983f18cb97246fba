/**
 * Modules of a model whose names carry no path, from what the graph does:
 * - blocks that repeat (transformers): `input`, `block 1` … `output`;
 * - images that shrink (convolutional networks): `stage 1` … by each halving, `merge` where scales are brought together
 *   again, `output` behind the last point through which everything passes;
 * - else parts of equal weight, cut where a single tensor carries everything: `part 1` …
 */

import { FileConstants } from '../model/constants.js';
import type { DimensionRef, Graph, ModelGraph, Node } from '../model/graph.js';
import { operatorId } from '../model/walk.js';
import { analyzeModel } from '../operators/analyze.js';
import type { NodeAnalysis, StaticAnalysis } from '../operators/types.js';
import { findRepetition, type Repetition } from './repeatedBlocks.js';

const HEAVY = new Set([
  ...['Conv', 'ConvTranspose', 'Gemm', 'MatMul', 'Einsum', 'LSTM', 'GRU', 'RNN', 'Attention', 'ConvInteger'],
  ...['MatMulInteger', 'QLinearConv', 'QLinearMatMul', 'FusedConv', 'FusedGemm', 'FusedMatMul', 'MatMulNBits'],
  ...['MultiHeadAttention', 'GroupQueryAttention', 'QAttention', 'QGemm', 'DynamicQuantizeMatMul', 'MoE', 'QMoE'],
  ...['MatMulIntegerToFloat', 'NhwcConv', 'DeformConv'],
]);
const MOST_MODULES = 12;
const MOST_PARTS = 6;
const LABELS = { input: 'input', output: 'output', merge: 'merge' };

/** Nodes that compute something when the model runs, in file order, with what is known of them. */
interface Step {
  index: number;
  node: Node;
  analysis: NodeAnalysis;
  heavy: boolean;
}

/** A size for every open axis: only proportions matter here, so any that halves often will do. */
function assumedSizes(graph: Graph): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { name, type } of graph.inputs) {
    if (type.kind !== 'tensor') continue;
    type.shape?.forEach((dim: DimensionRef, axis, shape) => {
      if (typeof dim === 'number' && dim > 0) return;
      sizes.set(
        `${name}:${axis}`,
        axis === 0 ? 1 : shape.length === 4 && axis === 1 ? 3 : shape.length >= 3 ? 320 : 64,
      );
    });
  }
  return sizes;
}

function analyze(model: ModelGraph): StaticAnalysis {
  const constants = new FileConstants(model);
  try {
    return analyzeModel(model, { bindings: assumedSizes(model.graph), constants });
  } finally {
    constants.close();
  }
}

function stepsOf(analysis: StaticAnalysis): Step[] {
  return analysis.nodes
    .filter(({ graphPath, constant }) => graphPath === '' && !constant)
    .map((known) => ({
      index: known.index,
      node: known.node,
      analysis: known,
      heavy: HEAVY.has(known.node.opType),
    }));
}

const shapeText = (shape: readonly number[] | null | undefined): string => shape?.join('x') ?? '?';

/** What makes two heavy operators the same in two blocks: type and weights, not activations. */
function signature({ node, analysis }: Step): string {
  const weights = analysis.inputs.filter((_, input) => input > 0).map((info) => shapeText(info?.shape));
  return node.opType === 'MatMul' || node.opType === 'Einsum'
    ? `${node.opType} ${weights.join(' ')} ${analysis.inputs[0]?.shape?.length ?? '?'}`
    : `${node.opType} ${weights.join(' ')}`;
}

/** `block 3`, within `blocks 1-4` when there are many. */
function blockName(block: number, blocks: number): string {
  if (blocks <= MOST_MODULES) return `block ${block}`;
  const group = Math.ceil(blocks / 8);
  const first = Math.floor((block - 1) / group) * group + 1;
  return `blocks ${first}-${Math.min(blocks, first + group - 1)}/block ${block}`;
}

function byBlocks(steps: readonly Step[]): string[] | null {
  const heavy = steps.flatMap((step, position) => (step.heavy ? [position] : []));
  const repetition = findRepetition(heavy.map((position) => signature(steps[position]!)));
  if (!repetition || repetition.period < 2) return null;
  if (repetition.blocks * repetition.period < 0.6 * heavy.length) return null;
  return steps.map((_, position) => blockOf(position, heavy, repetition));
}

function blockOf(position: number, heavy: readonly number[], { start, period, blocks }: Repetition): string {
  const boundary = (block: number): number => heavy[start + block * period] ?? Infinity;
  if (position < boundary(0)) return LABELS.input;
  for (let block = 1; block <= blocks; block++) {
    const end = block < blocks ? boundary(block) : lastOfBlock(heavy, start + blocks * period);
    if (position < end) return blockName(block, blocks);
  }
  return LABELS.output;
}

/** The last block ends where the next heavy operator stands, or with the graph. */
const lastOfBlock = (heavy: readonly number[], next: number): number => heavy[next] ?? Infinity;

/** Rows of an image-like tensor; null for others. */
function rows(info: { shape: readonly number[] | null } | null | undefined): number | null {
  const shape = info?.shape;
  return shape?.length === 4 ? shape[2]! * shape[3]! : null;
}

const isResampling = ({ node }: Step): boolean =>
  ['Resize', 'Upsample', 'ConvTranspose', 'DepthToSpace'].includes(node.opType);

function grows(step: Step): boolean {
  const before = rows(step.analysis.inputs[0]);
  const after = rows(step.analysis.outputs[0]);
  return isResampling(step) && before !== null && after !== null && before > 1 && after > before;
}

/** Positions behind which exactly one tensor goes on: everything passes through them. */
function cutPoints(steps: readonly Step[], graph: Graph): number[] {
  const lastUse = new Map<string, number>();
  steps.forEach(({ node }, position) => {
    for (const name of node.inputs) lastUse.set(name, position);
  });
  for (const { name } of graph.outputs) lastUse.set(name, Infinity);
  const live = new Set(graph.inputs.map(({ name }) => name).filter((name) => lastUse.has(name)));
  const endingAt = new Map<number, string[]>();
  for (const [name, position] of lastUse) endingAt.set(position, [...(endingAt.get(position) ?? []), name]);
  return steps.flatMap(({ node }, position) => {
    for (const name of node.outputs) if (lastUse.has(name)) live.add(name);
    for (const name of endingAt.get(position) ?? []) live.delete(name);
    const [only] = live;
    return live.size === 1 && only !== undefined && node.outputs.includes(only) ? [position] : [];
  });
}

/** Stage of every backbone step: a new one where the image shrinks below all before. */
function stages(steps: readonly Step[], end: number): number[] {
  let smallest = Infinity;
  let stage = 0;
  return steps.slice(0, end).map((step) => {
    const after = rows(step.analysis.outputs[0]);
    const windowed = step.node.opType === 'Conv' || /Pool$|^QLinearConv$|^FusedConv$/.test(step.node.opType);
    if (windowed && !step.node.opType.startsWith('Global') && after !== null && after > 1 && after < smallest) {
      // A valid convolution nibbles at the edges; a stage takes away a third at least.
      if (after < 0.67 * smallest) stage++;
      smallest = Math.min(smallest, after);
    }
    return Math.max(1, stage);
  });
}

/** Where the part behind the pyramid begins: the first cut after the last use of anything made before `start`. */
function mergeEnd(steps: readonly Step[], start: number, cuts: readonly number[]): number {
  const before = new Set(steps.slice(0, start).flatMap(({ node }) => node.outputs));
  let last = start;
  steps.forEach(({ node }, position) => {
    if (position >= start && node.inputs.some((name) => before.has(name))) last = position;
  });
  return cuts.find((position) => position >= last) ?? steps.length - 1;
}

/** Behind the last image, or behind the last stage's last convolution when it stays one. */
function headStart(steps: readonly Step[], cuts: readonly number[]): number {
  const lastImage = steps.findLastIndex((step) => step.heavy && (rows(step.analysis.inputs[0]) ?? 0) > 1);
  const cut = cuts.find((position) => position >= lastImage) ?? steps.length - 1;
  return cut + 1;
}

/** Backbone steps that lead to the first growing one; what else stands among them already serves the merge. */
function backboneEnd(steps: readonly Step[], firstGrowing: number): number {
  const needed = new Set(steps[firstGrowing]?.node.inputs);
  let end = firstGrowing;
  for (let position = firstGrowing - 1; position >= 0; position--) {
    const { node } = steps[position]!;
    if (!node.outputs.some((name) => needed.has(name))) {
      end = position;
      continue;
    }
    for (const name of node.inputs) needed.add(name);
    if (end > position + 1 || position === firstGrowing - 1) end = position + 1;
    return end;
  }
  return end;
}

function byStages(steps: readonly Step[], graph: Graph): string[] | null {
  if (!steps.some((step) => /Conv/.test(step.node.opType) && rows(step.analysis.outputs[0]) !== null)) return null;
  const cuts = cutPoints(steps, graph);
  const firstGrowing = steps.findIndex(grows);
  const merging = firstGrowing >= 0;
  const end = merging ? backboneEnd(steps, firstGrowing) : headStart(steps, cuts);
  const stage = stages(steps, end);
  const mergedAt = merging ? mergeEnd(steps, end, cuts) : end - 1;
  return steps.map((_, position) => {
    if (position < end) return `stage ${stage[position]}`;
    return position <= mergedAt ? LABELS.merge : LABELS.output;
  });
}

function byParts(steps: readonly Step[], graph: Graph): string[] | null {
  const heavy = steps.filter((step) => step.heavy).length;
  if (heavy < 4) return null;
  const cuts = new Set(cutPoints(steps, graph));
  const target = Math.max(2, heavy / MOST_PARTS);
  let part = 1;
  let inPart = 0;
  return steps.map((step, position) => {
    const label = `part ${part}`;
    if (step.heavy) inPart++;
    if (inPart >= target && cuts.has(position) && position < steps.length - 1) {
      part++;
      inPart = 0;
    }
    return label;
  });
}

/** Joins modules without a heavy operator to the one before (the first: to the one behind), and renumbers stages. */
function withoutTrivial(labels: readonly string[], steps: readonly Step[]): string[] {
  const weighty = new Set(labels.filter((_, position) => steps[position]!.heavy));
  let current = labels.find((label) => weighty.has(label)) ?? '';
  const joined = labels.map((label) => (weighty.has(label) ? (current = label) : current));
  const numbers = new Map<string, number>();
  return joined.map((label) => {
    if (!/^(stage|part) /.test(label)) return label;
    if (!numbers.has(label)) numbers.set(label, numbers.size + 1);
    return label.replace(/\d+$/, String(numbers.get(label)));
  });
}

/** Modules by operator id for the main graph; null when there is too little to divide. */
export function modulesByStructure(model: ModelGraph): ReadonlyMap<string, string> | null {
  const steps = stepsOf(analyze(model));
  const labels = byBlocks(steps) ?? byStages(steps, model.graph) ?? byParts(steps, model.graph);
  if (!labels) return null;
  const joined = withoutTrivial(labels, steps);
  if (new Set(joined).size < 2) return null;
  return new Map(steps.map((step, position) => [operatorId('', step.index), joined[position]!]));
}
