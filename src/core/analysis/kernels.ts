/** From traced runs to the report's kernels: corrected times with their errors, owners, bytes, MACs. */

import type { TextCode } from '../../format/text/catalogue.js';
import type { Kernel, Overhead, ScenarioOperator } from '../../protocol/report.js';
import type { Message } from '../../protocol/text.js';
import { fatesWithTrace } from '../attribution/fatesWithTrace.js';
import type { Attribution, Fate, OptimizedNode } from '../attribution/types.js';
import type { OperatorCost } from '../operators/types.js';
import type { TracedRun, TracedShape } from '../trace/types.js';
import { type CostBounds, defaultCostBounds } from './correction.js';
import { KernelOwners } from './kernelOwners.js';
import { groupsOf, type KernelTime, timeKernels } from './kernelTimes.js';
import { type KernelTotals, totalsOf } from './kernelTotals.js';
import { describeOperators } from './scenarioOperators.js';

export interface KernelInput {
  /** Traced runs by round; a round may come from several sessions. */
  rounds: readonly (readonly TracedRun[])[];
  /** null where there is no graph to map to (`.ort`): kernels as the runtime names them, without operators. */
  attribution: Attribution | null;
  /** Of unprofiled runs. */
  medianNs: number;
  /** Half width of its 95 % interval. */
  medianErrorNs: number;
  /** One call of a model that does nothing. */
  emptyCallNs: number;
  /** 0: the runtime's default. */
  threads: number;
  /** Of one event, from a chain of tiny ops on this machine; the default for the thread count otherwise. */
  costBounds?: CostBounds;
  /** All operators of the file in its order, Constant nodes included. */
  operators: readonly { id: string; name: string }[];
  /** Module of each operator id. */
  modules: ReadonlyMap<string, string>;
  /** Of one execution of each operator id; null or absent: no rule. */
  costs: ReadonlyMap<string, OperatorCost | null>;
  /** Weights of each operator id: prepacked ones are missing from a trace's shapes. */
  weightBytes?: ReadonlyMap<string, number>;
}

export interface KernelResult {
  /** In the order of execution, `k0` first; a parent before what ran inside it. */
  kernels: Kernel[];
  /** null without a traced run. */
  overhead: Overhead | null;
  operators: ScenarioOperator[];
  warnings: Message[];
}

/** Beyond these the shares are indicative only. */
const SCALE_BOUNDS = [0.8, 1.25] as const;
const SHARES_INDICATIVE: TextCode = 'measure.sharesIndicative';

export function buildKernels(input: KernelInput): KernelResult {
  const groups = groupsOf(input.rounds);
  const fates = input.attribution ? fatesWithTrace(input.attribution, groups.flat()) : new Map<string, Fate>();
  if (groups.length === 0)
    return { kernels: [], overhead: null, operators: describeOperators(input, fates, new Map()), warnings: [] };
  const totals = totalsOf(groups, input.attribution);
  const bounds = input.costBounds ?? defaultCostBounds(input.threads);
  const { times, overhead } = timeKernels(totals, groups, { ...input, bounds });
  const owners = new KernelOwners(input, fates);
  const roundCount = input.rounds.filter((runs) => runs.length > 0).length;
  const kernelByNode = new Map<OptimizedNode, Kernel>();
  const kernels = totals.map((one, index): Kernel => {
    const time = times[index]!;
    const kernel = {
      id: `k${index}`,
      ...describeTime(time, input.medianNs, roundCount),
      ...describeTrace(one),
      ...owners.describe(one, time.callsPerRun),
    };
    if (one.node) kernelByNode.set(one.node, kernel);
    return kernel;
  });
  const operators = describeOperators(input, fates, kernelByNode);
  return { kernels, overhead, operators, warnings: warningsFor(overhead.scale) };
}

type TimeFields =
  'parentId' | 'timeNs' | 'selfTimeNs' | 'errorNs' | 'roundTimesNs' | 'share' | 'trusted' | 'callsPerRun';

function describeTime(time: KernelTime, medianNs: number, roundCount: number): Pick<Kernel, TimeFields> {
  const { parent, groupTimesNs, ...same } = time;
  return {
    ...same,
    parentId: parent === null ? null : `k${parent}`,
    roundTimesNs: roundCount > 1 ? groupTimesNs : [time.timeNs],
    share: medianNs > 0 ? time.timeNs / medianNs : 0,
  };
}

type TraceFields = 'opType' | 'provider' | 'inputShapes' | 'outputShapes' | 'bound' | 'attainedOfRoof';

function describeTrace({ opType, node, provider, ...totals }: KernelTotals): Pick<Kernel, TraceFields> {
  return {
    opType: opType === '' && node ? node.opType : opType,
    provider,
    inputShapes: dimsOf(totals.inputShapes),
    outputShapes: dimsOf(totals.outputShapes),
    // The roofline's to fill in.
    bound: null,
    attainedOfRoof: null,
  };
}

const dimsOf = (shapes: readonly TracedShape[]): number[][] => shapes.map(({ dims }) => [...dims]);

function warningsFor(scale: number): Message[] {
  if (scale >= SCALE_BOUNDS[0] && scale <= SCALE_BOUNDS[1]) return [];
  return [{ code: SHARES_INDICATIVE, params: { ratio: scale > 0 ? (1 / scale).toPrecision(2) : '∞' } }];
}
