/** One scenario of each report: its figures, its kernels in groups, and what the difference amounts to. */

import type { ComparedGroup, ComparisonVerdict, GroupVerdict, ScenarioComparison } from '../../../protocol/compare.js';
import type { Kernel, OperatorSummary } from '../../../protocol/report.js';
import type { Message } from '../../../protocol/text.js';
import { causesOf, findFusions, type GroupContext, macsOf, mainOperator } from './causes.js';
import { groupKernels, type KernelGroup } from './kernelGroups.js';
import { matchOperators, type OperatorMatch } from './matchOperators.js';
import { notesOf } from './notes.js';
import { nameOf, type Side } from './side.js';
import { ratioInterval, relativeVariance, RUN_TO_RUN, type Timing, usualVariances } from './significance.js';
import { BUSY_CORES, driftBetween, type Drift, selfRounds, timingOf } from './timing.js';
import { totalsOf } from './totals.js';

/** Of the whole time: what is smaller on both sides is listed, and not tested. */
const LEAST_SHARE = 0.005;
/** Of the chance for a false alarm: for groups whose work differs visibly, and for all others; the rest is the latency's. */
const SHARE_OF_CHANGED = 0.3;
const SHARE_OF_ALIKE = 0.3;
/** A scaled trace says how the time divides, not what it is. */
const UNSCALED = 0.02;

export function compareScenarios(base: Side, next: Side): ScenarioComparison {
  const match = matchOperators(base, next);
  const drift = driftBetween(base.scenario, next.scenario, base.report.machineId === next.report.machineId);
  const notes = notesOf(base, next, drift);
  const totals = totalsOf(base, next, drift);
  const groups = compareGroups({ base, next, match, fusions: findFusions(base, next, match) }, drift);
  return {
    baseScenarioId: base.scenario.id,
    newScenarioId: next.scenario.id,
    label: next.scenario.label,
    verdict: verdictOf(totals.latencyNs.verdict, groups),
    notes,
    totals,
    groups,
    outsideNs: { base: base.scenario.overhead?.timeNs ?? null, new: next.scenario.overhead?.timeNs ?? null },
    matched: { base: matchedShare(base, match.toNew), new: matchedShare(next, match.toBase) },
  };
}

function matchedShare(side: Side, counterparts: OperatorMatch['toNew']): number {
  const run = side.operators.filter(({ id }) => side.kernelOf.has(id));
  return run.length === 0 ? 1 : run.filter(({ id }) => counterparts.has(id)).length / run.length;
}

/** The latency's; where that shows nothing, kernels that all changed in one direction tell more than the sum does. */
function verdictOf(latency: ComparisonVerdict, groups: readonly ComparedGroup[]): ComparisonVerdict {
  if (latency === 'better' || latency === 'worse') return latency;
  const has = (verdict: GroupVerdict): boolean => groups.some((group) => group.verdict === verdict);
  // New and gone kernels have no interval: with them the sum alone counts.
  if (has('new') || has('gone') || has('slower') === has('faster')) return latency;
  return has('slower') ? 'worse' : 'better';
}

interface Draft {
  group: KernelGroup;
  base: Timing;
  next: Timing;
  causes: Message[];
  tested: boolean;
  trusted: boolean;
}

function compareGroups(context: GroupContext, drift: Drift): ComparedGroup[] {
  const { base, next, match } = context;
  const [baseRounds, nextRounds] = [selfRounds(base.scenario), selfRounds(next.scenario)];
  const [baseWhole, nextWhole] = [wholeOf(base), wholeOf(next)];
  const drafts = groupKernels(base, next, match).map((group): Draft => {
    const [was, is] = [timingOf(group.base, baseRounds), timingOf(group.next, nextRounds)];
    const both = group.base.length > 0 && group.next.length > 0;
    const large = was.timeNs >= baseWhole * LEAST_SHARE || is.timeNs >= nextWhole * LEAST_SHARE;
    // Traces are short: what else ran hits single kernels, in ways that the rounds of the latency do not show.
    const trusted = drift.otherLoadCores <= BUSY_CORES && isTrusted(group.base) && isTrusted(group.next);
    const causes = causesOf(context, group);
    return { group, base: was, next: is, causes, tested: both && large && trusted, trusted };
  });
  const intervals = intervalsOf(drafts, drift, scalesOf(base, next));
  return drafts.map((draft, at) => describe(context, draft, intervals[at] ?? null, at));
}

const wholeOf = ({ scenario }: Side): number =>
  scenario.latency?.medianNs ?? scenario.kernels.reduce((sum, { selfTimeNs }) => sum + selfTimeNs, 0);

/** Most of the time is that of kernels that can be trusted. */
function isTrusted(kernels: readonly Kernel[]): boolean {
  const sum = (some: readonly Kernel[]): number => some.reduce((total, { selfTimeNs }) => total + selfTimeNs, 0);
  return kernels.length === 0 || sum(kernels.filter(({ trusted }) => trusted)) > sum(kernels) / 2;
}

function scalesOf(...sides: Side[]): number {
  return sides.reduce((sum, { scenario }) => {
    const scale = scenario.overhead?.scale ?? 1;
    const off = scale > 0 ? Math.abs(Math.log(scale)) : 0;
    return sum + Math.max(0, off - UNSCALED);
  }, 0);
}

/** Each as wide as needed for all of them to hold together. */
function intervalsOf(drafts: readonly Draft[], drift: Drift, scales: number): ([number, number] | null)[] {
  const tested = drafts.filter((draft) => draft.tested);
  const changed = tested.filter(({ causes }) => causes.length > 0).length;
  const alike = tested.length - changed;
  const usual = usualVariances(
    drafts.map(({ base, next, tested }) => {
      const [was, is] = [relativeVariance(base.roundsNs), relativeVariance(next.roundsNs)];
      const degrees = was.degrees + is.degrees;
      const variance = (was.variance * was.degrees + is.variance * is.degrees) / degrees;
      return { timeNs: next.timeNs, variance: tested && degrees > 0 ? variance : null };
    }),
  );
  return drafts.map(({ base, next, causes, tested }, at) => {
    if (!tested) return null;
    return ratioInterval({
      base,
      next,
      prior: usual[at] ?? null,
      share: causes.length > 0 ? SHARE_OF_CHANGED / changed : SHARE_OF_ALIKE / alike,
      runToRun: RUN_TO_RUN.kernel,
      drift: drift.ofKernel + scales,
    });
  });
}

function describe(
  { base, next, match }: GroupContext,
  { group, base: was, next: is, causes, tested, trusted }: Draft,
  interval: [number, number] | null,
  at: number,
): ComparedGroup {
  const [baseMain, nextMain] = [mainOperator(base, group.base), mainOperator(next, group.next)];
  const [side, main]: [Side, OperatorSummary | null] = nextMain ? [next, nextMain] : [base, baseMain];
  const first = group.next[0] ?? group.base[0]!;
  const baseNs = group.base.length === 0 ? null : was.timeNs;
  const newNs = group.next.length === 0 ? null : is.timeNs;
  return {
    id: `g${at}`,
    baseOperatorIds: operatorsOf(group.base, group.next, match.toBase),
    newOperatorIds: operatorsOf(group.next, group.base, match.toNew),
    baseKernelIds: group.base.map(({ id }) => id),
    newKernelIds: group.next.map(({ id }) => id),
    name: main ? nameOf(side, main) : first.name,
    module: first.module,
    baseLabel: labelOf(base, group.base),
    newLabel: labelOf(next, group.next),
    baseNs,
    newNs,
    ratio: baseNs !== null && newNs !== null && baseNs > 0 ? newNs / baseNs : null,
    interval,
    verdict: groupVerdict(group, interval, tested, trusted),
    baseMacs: macsOf(group.base),
    newMacs: macsOf(group.next),
    causes,
  };
}

function groupVerdict(
  group: KernelGroup,
  interval: [number, number] | null,
  tested: boolean,
  trusted: boolean,
): GroupVerdict {
  if (group.base.length === 0) return 'new';
  if (group.next.length === 0) return 'gone';
  if (!trusted || (tested && interval === null)) return 'unknown';
  if (interval === null) return 'same';
  return interval[0] > 1 ? 'slower' : interval[1] < 1 ? 'faster' : 'same';
}

/** Of the group's own kernels, and the counterparts of the other side's that no kernel runs here. */
function operatorsOf(
  own: readonly Kernel[],
  others: readonly Kernel[],
  counterparts: ReadonlyMap<string, string>,
): string[] {
  const ids = own.flatMap(({ operatorIds }) => operatorIds);
  const matched = others.flatMap(({ operatorIds }) => operatorIds.map((id) => counterparts.get(id)));
  return [...new Set([...ids, ...matched.filter((id) => id !== undefined)])];
}

const MOST_TYPES = 6;

/** `Conv + Relu; MatMul`: kernels with what each of them runs. */
function labelOf(side: Side, kernels: readonly Kernel[]): string {
  const labels = kernels.map((kernel) => {
    const types = kernel.operatorIds.map((id) => side.byId.get(id)?.opType ?? '').filter((type) => type !== '');
    if (types.length < 2) return kernel.opType;
    const more = types.length > MOST_TYPES ? ` + ${types.length - MOST_TYPES} more` : '';
    return types.slice(0, MOST_TYPES).join(' + ') + more;
  });
  const more = labels.length > MOST_TYPES ? `; ${labels.length - MOST_TYPES} more` : '';
  return labels.slice(0, MOST_TYPES).join('; ') + more;
}
