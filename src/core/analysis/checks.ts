import type { TextCode } from '../../format/text/catalogue.js';
import type { Check } from '../../protocol/report.js';
import type { ModelGraph, TensorRef } from '../model/graph.js';
import { dataTypeName, isFloatingPoint } from '../model/dataTypes.js';
import { feedInputs, openDimensions } from '../model/openDimensions.js';
import type { ParameterCount } from '../model/parameters.js';
import { plainDomain } from '../operators/table.js';
import type { NodeAnalysis, StaticAnalysis } from '../operators/types.js';
import { decoderChecks, expertChecks } from './checksDecoder.js';
import { deadOperators, deadWeights, unusedInputs } from './deadOperators.js';
import { check, nameList, type StructureCheck } from './structureCheck.js';
import { bytesOf, duplicatedWeights, isWorthAWord, type WeightReader } from './duplicatedWeights.js';

/** Domains whose operators the runtime brings along. */
const KNOWN_DOMAINS = new Set([
  ...['', 'ai.onnx.ml', 'ai.onnx.training', 'ai.onnx.preview.training', 'com.microsoft', 'com.microsoft.nchwc'],
  ...['com.microsoft.experimental', 'com.ms.internal.nhwc', 'org.pytorch.aten'],
]);

type Counted = Extract<TextCode, `checks.${string}.one`> extends `${infer Code}.one` ? Code : never;

/** A finding about some things with names; none when there are none. */
function counted(severity: Check['severity'], code: Counted, names: readonly string[]): StructureCheck[] {
  if (names.length === 0) return [];
  const params = { count: names.length, names: nameList(names) };
  return [check(severity, names.length === 1 ? `${code}.one` : code, params)];
}

const titleOf = ({ node, id }: NodeAnalysis): string => node.name || id;

function titlesOf(ids: readonly string[], nodes: readonly NodeAnalysis[]): string[] {
  const wanted = new Set(ids);
  return wanted.size === 0 ? [] : nodes.filter(({ id }) => wanted.has(id)).map(titleOf);
}

function controlFlow(nodes: readonly NodeAnalysis[]): StructureCheck[] {
  const loops: string[] = [];
  const branches: string[] = [];
  for (let index = 0; index < nodes.length; index++) {
    const analysis = nodes[index]!;
    const { domain, opType } = analysis.node;
    if (plainDomain(domain) !== '') continue;
    if (opType === 'Loop' || opType === 'Scan') loops.push(titleOf(analysis));
    else if (opType === 'If') branches.push(titleOf(analysis));
  }
  return [...counted('info', 'checks.loops', loops), ...counted('info', 'checks.branches', branches)];
}

/** Those that follow from others, as `past + sequence` does, left out. */
function dynamicDimensions(model: ModelGraph): StructureCheck[] {
  const free = openDimensions(feedInputs(model), false).filter(({ expression }) => expression === null);
  return counted(
    'info',
    'checks.dynamicDimensions',
    free.map(({ name }) => name),
  );
}

function domains(nodes: readonly NodeAnalysis[]): StructureCheck[] {
  const found = new Set<string>();
  for (let index = 0; index < nodes.length; index++) found.add(plainDomain(nodes[index]!.node.domain));
  const foreign = [...found].filter((domain) => !KNOWN_DOMAINS.has(domain));
  return counted('warning', 'checks.customDomains', foreign.sort());
}

function isFloatCast({ node, inputs, outputs }: NodeAnalysis): boolean {
  if (node.opType !== 'Cast') return false;
  const from = inputs[0]?.dataType ?? 0;
  const to = outputs[0]?.dataType ?? 0;
  return from !== to && isFloatingPoint(from) && isFloatingPoint(to);
}

/** Float types that are computed in, and what it takes to go from one to the other. */
function precision(nodes: readonly NodeAnalysis[]): StructureCheck[] {
  const types = new Set<number>();
  let [casts, quantize, dequantize] = [0, 0, 0];
  for (let index = 0; index < nodes.length; index++) {
    const analysis = nodes[index]!;
    if (analysis.constant) continue;
    const { node, inputs, cost } = analysis;
    const type = inputs[0]?.dataType ?? 0;
    if ((cost?.macs ?? 0) > 0 && isFloatingPoint(type)) types.add(type);
    if (isFloatCast(analysis)) casts++;
    if (node.opType === 'QuantizeLinear') quantize++;
    if (node.opType === 'DequantizeLinear') dequantize++;
  }
  const names = [...types].sort((a, b) => a - b).map(dataTypeName);
  return [
    ...(casts > 0 && (types.size > 1 || names[0] !== 'float32')
      ? [check('info', 'checks.mixedPrecision', { types: names.join(', '), casts })]
      : []),
    ...(quantize + dequantize > 0 ? [check('info', 'checks.quantizedTransitions', { quantize, dequantize })] : []),
  ];
}

/** What a model's structure says about its cost, without a run and without reading weights. */
export function structureChecks(
  model: ModelGraph,
  analysis: StaticAnalysis,
  parameters: ParameterCount,
): StructureCheck[] {
  const { nodes, totals } = analysis;
  return [
    ...decoderChecks(model, analysis),
    ...expertChecks(nodes, parameters),
    ...controlFlow(nodes),
    ...dynamicDimensions(model),
    ...counted('info', 'checks.dataDependentShapes', nodes.filter(({ dataDependent }) => dataDependent).map(titleOf)),
    ...domains(nodes),
    ...precision(nodes),
    ...counted('warning', 'checks.operatorsWithoutRule', totals.operatorsWithoutRule),
    ...counted('info', 'checks.deadOperators', titlesOf(deadOperators(model.graph), nodes)),
    ...ofWeights('checks.deadWeights', deadWeights(model.graph).filter(isWorthAWord)),
    ...counted('info', 'checks.unusedInputs', unusedInputs(model.graph)),
  ];
}

/** What the weights themselves say, of which at most about `maximumBytes` are read. */
export const weightChecks = (model: ModelGraph, weights: WeightReader, maximumBytes: number): StructureCheck[] =>
  ofWeights('checks.duplicatedWeights', duplicatedWeights(model, weights, maximumBytes));

function ofWeights(code: 'checks.deadWeights' | 'checks.duplicatedWeights', found: TensorRef[]): StructureCheck[] {
  if (found.length === 0) return [];
  const bytes = found.reduce((sum, tensor) => sum + bytesOf(tensor), 0);
  return [check('info', code, { names: nameList(found.map(({ name }) => name)), bytes })];
}
