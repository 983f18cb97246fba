/** From a model's file and what was measured to the Report. */

import { randomUUID } from 'node:crypto';

import { createText } from '../../format/text/text.js';
import { bytes as byteSize, count } from '../../format/units.js';
import type { Check, OperatorSummary, Report, ReportStatus, Scenario, TensorSummary } from '../../protocol/report.js';
import type { Message, TextParameters } from '../../protocol/text.js';
import type { DimensionRequest, Host } from '../../protocol/worker.js';
import { structureChecks, weightChecks } from '../analysis/checks.js';
import { runChecks } from '../analysis/checksOfRun.js';
import { assignModules } from '../analysis/modules.js';
import type { StructureCheck } from '../analysis/structureCheck.js';
import { FileConstants } from '../model/constants.js';
import { bindingsOf, resolveDimensions } from '../model/dimensions.js';
import type { Graph, ModelGraph } from '../model/graph.js';
import { inlineFunctions } from '../model/inline.js';
import { countParameters, type ParameterCount } from '../model/parameters.js';
import { summarizeModel } from '../model/summary.js';
import { nestedGraphs, operatorId, walkGraphs } from '../model/walk.js';
import { analyzeModel } from '../operators/analyze.js';
import type { StaticAnalysis } from '../operators/types.js';
import { summarizeAttributes } from './attributes.js';
import { readGitState } from './git.js';
import { scenarioLabel, type StaticScenario } from './scenarios.js';
import { TensorTable } from './tensorTable.js';
import { tool } from './tool.js';

/** A model read, inlined and analysed for every set of dimensions: what both inspecting and profiling start from. */
export interface StaticModel {
  /** As read. */
  file: ModelGraph;
  /** Local functions inlined; operator ids refer to it. */
  model: ModelGraph;
  parameters: ParameterCount;
  /** Module of each operator id. */
  modules: ReadonlyMap<string, string>;
  scenarios: StaticScenario[];
}

/** @throws ExpectedError (input) for a dimension that cannot be bound. */
export function analyzeStatically(file: ModelGraph, requests: readonly DimensionRequest[]): StaticModel {
  const model = inlineFunctions(file);
  const { scenarios, phases } = resolveDimensions(model, requests);
  const constants = new FileConstants(model);
  try {
    return {
      file,
      model,
      parameters: countParameters(model),
      modules: assignModules(model).modules,
      scenarios: scenarios.map((dimensions, index) => {
        const phase = phases[index] ?? 'whole';
        const label = scenarioLabel(model, dimensions, phase);
        const analysis = analyzeModel(model, { bindings: bindingsOf(dimensions), constants });
        return { id: `s${index}`, label, phase, dimensions, analysis };
      }),
    };
  } finally {
    constants.close();
  }
}

export interface ReportParts {
  status: ReportStatus;
  /** As the user named it. */
  modelPath: string;
  host: Host;
  contentSha256: string | null;
  scenarios: Scenario[];
  warnings: Message[];
}

/** The Report around `parts.scenarios`. Its id and time are new: keep them with `{ ...report, scenarios }` while a run goes on. */
export function buildReport(statics: StaticModel, parts: ReportParts): Report {
  const analysis = statics.scenarios[0]?.analysis ?? null;
  const { tensors, operators } = summarizeGraph(statics, analysis);
  return {
    schemaVersion: 1,
    reportId: randomUUID(),
    createdAt: new Date().toISOString(),
    tool: { ...tool },
    status: parts.status,
    machineId: parts.host.machineId,
    git: readGitState(statics.file.path),
    model: {
      ...summarizeModel(statics.file, statics.parameters),
      path: parts.modelPath,
      contentSha256: parts.contentSha256,
      checks: analysis ? checksOf(statics, analysis) : [],
    },
    tensors,
    operators,
    environment: parts.host.environment,
    scenarios: parts.scenarios,
    roofline: null,
    quantization: [],
    capacity: [],
    cost: null,
    warnings: parts.warnings,
  };
}

const checksOf = ({ model, parameters }: StaticModel, analysis: StaticAnalysis): Check[] =>
  inWords(structureChecks(model, analysis, parameters));

/** What reading the weights adds to the checks, `maximumBytes` of them at most. */
export function checksOfWeights(model: ModelGraph, maximumBytes: number): Check[] {
  const weights = new FileConstants(model);
  try {
    return inWords(weightChecks(model, weights, maximumBytes));
  } finally {
    weights.close();
  }
}

/** What the measured scenarios add to the checks: branches taken, trips of loops. */
export const checksAfterRun = (model: ModelGraph, scenarios: readonly Scenario[]): Check[] =>
  inWords(runChecks(model, scenarios));

/** Each with its sentence, and the sizes and counts in it as people read them. */
export function inWords(checks: readonly StructureCheck[]): Check[] {
  const english = createText();
  return checks.map((check) => {
    const params = withUnits(check.params);
    return { ...check, params, message: english.message({ code: check.code, params }) };
  });
}

/** Sizes and counts of a check, as people read them. */
function withUnits(params: TextParameters): TextParameters {
  const result = { ...params };
  const bytes = params['bytes'] ?? params['bytesPerToken'];
  if (typeof bytes === 'number') result['size'] = byteSize(bytes);
  const { parameters, activeParameters } = params;
  if (typeof parameters === 'number') result['allCount'] = count(parameters);
  if (typeof activeParameters === 'number') result['activeCount'] = count(activeParameters);
  return result;
}

/** Operators and tensors of the inlined model; shapes under the first scenario's dimensions. */
function summarizeGraph(
  statics: StaticModel,
  analysis: StaticAnalysis | null,
): { tensors: TensorSummary[]; operators: OperatorSummary[] } {
  const table = new TensorTable(analysis?.tensors ?? new Map());
  for (const { graphPath, graph } of walkGraphs(statics.model)) table.declare(graphPath, graph);
  const operators: OperatorSummary[] = [];
  addOperators(statics.model.graph, '', statics, table, operators);
  return { tensors: table.summaries, operators };
}

/** In file order, a node before those inside it. */
function addOperators(
  { nodes }: Graph,
  graphPath: string,
  statics: StaticModel,
  table: TensorTable,
  operators: OperatorSummary[],
): void {
  const { parameters, modules } = statics;
  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index]!;
    const id = operatorId(graphPath, index);
    const weights = parameters.byOperator.get(id);
    operators.push({
      id,
      graph: graphPath,
      index,
      name: node.name,
      opType: node.opType,
      domain: node.domain,
      module: modules.get(id) ?? '',
      attributes: summarizeAttributes(node.attributes),
      inputs: table.inputIds(node, index, graphPath),
      outputs: table.outputIds(node, index, graphPath),
      parameterCount: weights?.parameterCount ?? 0,
      weightBytes: weights?.weightBytes ?? 0,
    });
    const nested = nestedGraphs(node, id);
    for (let body = 0; body < nested.length; body++)
      addOperators(nested[body]!.graph, nested[body]!.graphPath, statics, table, operators);
  }
}
