/** What only a run tells of a model's structure: which branches were taken, how often loops went round. */

import type { Scenario, ScenarioOperator } from '../../protocol/report.js';
import type { ModelGraph, Node } from '../model/graph.js';
import { nestedGraphs, walkNodes } from '../model/walk.js';
import { check, nameList, type StructureCheck } from './structureCheck.js';

type Operators = ReadonlyMap<string, ScenarioOperator>;

interface Choice {
  kind: 'branch' | 'trips';
  /** `If_3: else_branch`, `Loop_0: 8`. */
  text: string;
}

/** Operators directly in the graph that ran, by how often. */
function runsWithin(graphPath: string, count: number, operators: Operators): number[] {
  return Array.from({ length: count }, (_, index) => operators.get(`${graphPath}/n${index}`)).flatMap((operator) =>
    operator?.fate === 'run' && operator.trips !== null && operator.trips > 0 ? [operator.trips] : [],
  );
}

/** null where no operator of either branch shows in the trace: constants, or moved out by the optimiser. */
function branchOf(node: Node, id: string, operators: Operators): string | null {
  const taken = nestedGraphs(node, id).flatMap(({ graphPath, graph }) => {
    const ran = runsWithin(graphPath, graph.nodes.length, operators).length > 0;
    return ran ? [graphPath.slice(graphPath.lastIndexOf('/') + 1).replace(/_branch$/, '')] : [];
  });
  return taken.length === 0 ? null : taken.join(' / ');
}

/** Of one execution of the loop: a body's operator that is not itself in a branch runs once a trip. */
function tripsOf(node: Node, id: string, operators: Operators): number | null {
  const executions = operators.get(id)?.trips ?? null;
  const [body] = nestedGraphs(node, id);
  if (!body || executions === null || executions <= 0) return null;
  const runs = runsWithin(body.graphPath, body.graph.nodes.length, operators);
  if (runs.length > 0) return Math.max(...runs) / executions;
  const notTaken = body.graph.nodes.some(
    (_, index) => operators.get(`${body.graphPath}/n${index}`)?.fate === 'notTaken',
  );
  return notTaken ? 0 : null;
}

function choicesOf(model: ModelGraph, scenario: Scenario): Choice[] {
  // Before a trace, fates say only what the graph allows.
  if (scenario.kernels.length === 0) return [];
  const operators = new Map(scenario.operators.map((operator) => [operator.operatorId, operator]));
  const choices: Choice[] = [];
  for (const { id, node } of walkNodes(model)) {
    if (node.domain !== '' && node.domain !== 'ai.onnx') continue;
    const name = node.name || id;
    if (node.opType === 'If') {
      const branch = branchOf(node, id, operators);
      if (branch !== null) choices.push({ kind: 'branch', text: `${name}: ${branch}` });
    } else if (node.opType === 'Loop' || node.opType === 'Scan') {
      const trips = tripsOf(node, id, operators);
      if (trips !== null) choices.push({ kind: 'trips', text: `${name}: ${Number(trips.toFixed(1))}` });
    }
  }
  return choices;
}

const CODES = { branch: 'checks.branchTaken', trips: 'checks.loopTrips' } as const;

function found(scenarios: readonly { label: string; choices: Choice[] }[], kind: Choice['kind']): StructureCheck[] {
  const code = CODES[kind];
  const lists = scenarios.map(({ label, choices }) => ({
    scenario: label,
    names: nameList(choices.filter((choice) => choice.kind === kind).map(({ text }) => text)),
  }));
  const told = lists.filter(({ names }) => names !== '');
  if (told.length === 0) return [];
  if (told.every(({ names }) => names === told[0]?.names))
    return [check('info', code, { names: told[0]?.names ?? '' })];
  return told.map(({ scenario, names }) => check('info', `${code}.in`, { scenario, names }));
}

/** One check for all scenarios where they agree, else one each. */
export function runChecks(model: ModelGraph, scenarios: readonly Scenario[]): StructureCheck[] {
  const all = scenarios.map((scenario) => ({ label: scenario.label, choices: choicesOf(model, scenario) }));
  return [...found(all, 'branch'), ...found(all, 'trips')];
}
