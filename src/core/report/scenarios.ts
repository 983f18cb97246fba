/** What is known of a scenario before anything runs. */

import type {
  BoundDimension,
  InputSummary,
  OperatorFate,
  Phase,
  Scenario,
  ScenarioOperator,
} from '../../protocol/report.js';
import type { Message } from '../../protocol/text.js';
import type { RunOptions } from '../../protocol/worker.js';
import { deadOperators } from '../analysis/deadOperators.js';
import { batchAxisOf } from '../model/batchAxis.js';
import { dataTypeName } from '../model/dataTypes.js';
import { bindingsOf } from '../model/dimensions.js';
import type { Graph, ModelGraph } from '../model/graph.js';
import { boundShape, feedInputs } from '../model/openDimensions.js';
import type { NodeAnalysis, StaticAnalysis } from '../operators/types.js';
import { repeatCommand } from './command.js';

/** One set of dimensions and what follows from it; a scenario of the report in the making. */
export interface StaticScenario {
  id: string;
  label: string;
  phase: Phase;
  dimensions: BoundDimension[];
  analysis: StaticAnalysis;
}

const LONGEST_LABEL = 120;

/** `sequence_length 128 · batch_size 1`: symbols where they speak, else the shapes that they make. */
export function scenarioLabel(model: ModelGraph, dimensions: readonly BoundDimension[], phase: Phase): string {
  // What follows from others need not be said.
  const own = dimensions.filter(({ source }) => source !== 'expression');
  const speaking = own.every(({ name }) => /^[A-Za-z][\w ]*$/.test(name));
  const parts = speaking ? own.map(({ name, value }) => `${name} ${value}`) : shapeTexts(model, dimensions);
  const label = [...(phase === 'whole' ? [] : [phase]), ...parts].join(' · ');
  return label.length > LONGEST_LABEL ? `${label.slice(0, LONGEST_LABEL)}…` : label;
}

/** Inputs with at least one open dimension. */
function shapeTexts(model: ModelGraph, dimensions: readonly BoundDimension[]): string[] {
  const bindings = bindingsOf(dimensions);
  return feedInputs(model).flatMap((input) => {
    const isOpen = input.type.kind === 'tensor' && input.type.shape?.some((dimension) => typeof dimension !== 'number');
    const shape = isOpen ? boundShape(input, bindings) : null;
    return shape ? [`${input.name} ${shape.join('×')}`] : [];
  });
}

/** Of a model that was not run: no latency, no kernels; fates as far as the graph alone tells them. */
export function staticScenario(
  model: ModelGraph,
  scenario: StaticScenario,
  weightBytes: number,
  modelPath: string,
  options: RunOptions,
): Scenario {
  const { id, label, phase, dimensions, analysis } = scenario;
  return {
    id,
    label,
    phase,
    dimensions,
    inputs: unfedInputs(model, dimensions),
    itemsPerCall: batchAxisOf(model, dimensions)?.batch ?? 1,
    run: {
      provider: options.provider,
      threads: options.threads,
      optimization: options.optimization,
      warmUpRuns: 0,
      measuredRuns: 0,
      tracedRuns: 0,
      budgetSeconds: options.budgetSeconds,
      seed: options.seed,
      command: repeatCommand(options.command, modelPath, dimensions, options.inputs),
    },
    totals: { ...analysis.totals, weightBytes },
    latency: null,
    memory: null,
    overhead: null,
    kernels: [],
    operators: staticOperators(model.graph, analysis.nodes),
    warnings: totalsWarnings(analysis),
  };
}

/** Shapes that the inputs would have; nothing was fed. */
function unfedInputs(model: ModelGraph, dimensions: readonly BoundDimension[]): InputSummary[] {
  const bindings = bindingsOf(dimensions);
  return feedInputs(model).flatMap((input) => {
    const shape = boundShape(input, bindings);
    if (!shape || input.type.kind !== 'tensor') return [];
    return [{ name: input.name, dataType: dataTypeName(input.type.dataType), shape, source: 'none' }];
  });
}

/** One entry for each operator of the analysis. A node inside a dead one is dead; constants are folded at load. */
export function staticOperators(graph: Graph, nodes: readonly NodeAnalysis[]): ScenarioOperator[] {
  const dead = new Set(deadOperators(graph));
  return nodes.map(({ id, node, cost, constant, trips }) => {
    const folded = constant || node.opType === 'Constant';
    const fate: OperatorFate = folded ? 'folded' : isWithin(id, dead) ? 'dead' : 'run';
    return {
      operatorId: id,
      kernelId: null,
      fate,
      trips: fate === 'run' ? trips : 0,
      macs: cost?.macs ?? null,
      elementwiseOps: cost?.elementwiseOps ?? null,
      readBytes: cost?.readBytes ?? null,
      writtenBytes: cost?.writtenBytes ?? null,
    };
  });
}

/** Itself, or the operator that has it in a branch or body. */
function isWithin(id: string, operators: ReadonlySet<string>): boolean {
  for (let end = id.indexOf('/'); end !== -1; end = id.indexOf('/', end + 1))
    if (operators.has(id.slice(0, end))) return true;
  return operators.has(id);
}

const TYPES_SHOWN = 8;

/** Why a total is null, and what it assumes. */
export function totalsWarnings({ totals, nodes, warnings }: StaticAnalysis): Message[] {
  // Loops and branches say themselves what they leave open.
  if (totals.macs !== null || warnings.some(({ code }) => code.startsWith('operators.unknownTrips'))) return warnings;
  const types = totals.operatorsWithoutRule;
  if (types.length > 0) {
    const shown = types.slice(0, TYPES_SHOWN).join(', ') + (types.length > TYPES_SHOWN ? ' …' : '');
    return [...warnings, { code: 'report.warning.operatorsWithoutRule', params: { types: shown } }];
  }
  const count = nodes.filter((node) => !node.constant && node.cost?.macs === null).length;
  const code = count === 1 ? 'report.warning.shapesUnknown.one' : 'report.warning.shapesUnknown';
  return [...warnings, { code, params: { count } }];
}
