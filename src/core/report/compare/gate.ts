/** Whether a comparison may pass: a significant regression fails, what cannot be judged is named and passes. */

import type { TextCode } from '../../../format/text/catalogue.js';
import { count, duration } from '../../../format/units.js';
import { changeText, figureText, limitText } from '../../../format/views/comparison.js';
import type {
  ComparedFigure,
  Comparison,
  FigureName,
  GateFinding,
  GateResult,
  ScenarioComparison,
} from '../../../protocol/compare.js';

const TIMED: readonly FigureName[] = ['latencyNs', 'p95Ns'];
/** Those that a gate looks at; the others follow from them, or are shown for orientation. */
const GATED: readonly FigureName[] = ['latencyNs', 'p95Ns', 'peakResidentBytes', 'fileBytes', 'macs', 'usdPerMillion'];
const MOST_NAMED = 3;
const LONGEST_NAME = 120;

/** `failOn` is the increase that is still allowed, 0.05 for five percent. */
export function gateOf(comparison: Comparison, failOn: number): GateResult {
  const failures: GateFinding[] = comparison.contract.map((change) => ({ ...change, about: 'contract' }));
  const open: GateFinding[] = [];
  for (const scenario of [comparison, ...comparison.others])
    for (const name of GATED) judge(scenario, name, failOn, failures, open);
  return { failOn, outcome: outcomeOf(failures, open), failures, open };
}

export const outcomeOf = (failures: readonly unknown[], open: readonly unknown[]): GateResult['outcome'] =>
  failures.length > 0 ? 'failed' : open.length > 0 ? 'inconclusive' : 'passed';

function judge(
  scenario: ScenarioComparison,
  name: FigureName,
  failOn: number,
  failures: GateFinding[],
  open: GateFinding[],
): void {
  const figure = scenario.totals[name];
  const { ratio, interval } = figure;
  // Sizes stay what they are on every machine; what is counted or measured under other conditions does not.
  const isBlocked = name !== 'fileBytes' && scenario.notes.some(({ kind }) => kind === 'different');
  if (ratio === null || isBlocked) {
    const code = ratio === null ? 'compare.gate.notMeasured' : 'compare.gate.different';
    if (name === 'latencyNs') open.push(finding(name, code, {}));
    return;
  }
  const params = parametersOf(name, figure, failOn);
  const above = ratio > 1 + failOn;
  if (interval === null) {
    if (name === 'latencyNs') open.push(finding(name, 'compare.gate.noRounds', params));
    else if (above && !TIMED.includes(name)) failures.push(culprits(scenario, name, params));
    return;
  }
  if (name === 'peakResidentBytes') {
    judgeMemory({ ratio, low: interval[0], isOpen: figure.verdict !== 'same' }, failOn, params, { failures, open });
    return;
  }
  if (above && interval[0] > 1) failures.push(culprits(scenario, name, params));
  // A tail is less sure than the median: by itself it leaves nothing open.
  else if (interval[1] > 1 + failOn && name === 'latencyNs') open.push(finding(name, 'compare.gate.unsure', params));
}

/** Measured once on each side: what is not surely above the limit is no regression. */
function judgeMemory(
  { ratio, low, isOpen }: { ratio: number; low: number; isOpen: boolean },
  failOn: number,
  params: Record<string, string>,
  { failures, open }: { failures: GateFinding[]; open: GateFinding[] },
): void {
  const limit = 1 + failOn;
  if (low > limit) failures.push(finding('peakResidentBytes', 'compare.gate.above', params));
  else if (ratio > limit && isOpen) open.push(finding('peakResidentBytes', 'compare.gate.unsureMemory', params));
}

function parametersOf(name: FigureName, { base, new: now, ratio, interval }: ComparedFigure, failOn: number) {
  return {
    before: figureText(name, base),
    now: figureText(name, now),
    change: changeText(ratio),
    low: changeText(interval?.[0] ?? null),
    high: changeText(interval?.[1] ?? null),
    limit: limitText(failOn),
  };
}

const finding = (about: FigureName, code: TextCode, params: Record<string, string>): GateFinding => ({
  about,
  code,
  params: { ...params },
});

/** With the kernels to which the increase is due, largest first. */
function culprits(scenario: ScenarioComparison, name: FigureName, params: Record<string, string>): GateFinding {
  const timed = TIMED.includes(name);
  const kernels = timed ? slowest(scenario) : name === 'macs' ? heaviest(scenario) : [];
  const code = timed ? 'compare.gate.slower' : 'compare.gate.above';
  if (kernels.length === 0) return finding(name, code, params);
  return finding(name, `${code}Kernels`, { ...params, kernels: kernels.join('; ') });
}

/** `Conv_34 +30 %`: those with more multiply-accumulates. */
function heaviest({ groups }: ScenarioComparison): string[] {
  const gained = groups
    .map((group) => ({ group, macs: (group.newMacs ?? 0) - (group.baseMacs ?? 0) }))
    .filter(({ group, macs }) => macs > 0 && (group.newMacs ?? 0) > 0)
    .sort((a, b) => b.macs - a.macs);
  return gained.slice(0, MOST_NAMED).map(({ group, macs }) => {
    const change = group.baseMacs ? changeText((group.newMacs ?? 0) / group.baseMacs) : `+${count(macs)}`;
    return `${group.name.slice(0, LONGEST_NAME)} ${change}`;
  });
}

/** `Conv_34 +16 %`. */
export function slowest({ groups }: ScenarioComparison): string[] {
  const lost = groups
    .filter(({ verdict }) => verdict === 'slower' || verdict === 'new')
    .map((group) => ({ group, ns: (group.newNs ?? 0) - (group.baseNs ?? 0) }))
    .sort((a, b) => b.ns - a.ns);
  return lost.slice(0, MOST_NAMED).map(({ group, ns }) => {
    const change = group.ratio === null ? `+${duration(ns)}` : changeText(group.ratio);
    return `${group.name.slice(0, LONGEST_NAME)} ${change}`;
  });
}

/** Adds what other checks found, such as budgets. */
export function withFindings(
  gate: GateResult | null,
  more: { failures: readonly GateFinding[]; open: readonly GateFinding[] },
): GateResult {
  const failures = [...(gate?.failures ?? []), ...more.failures];
  const open = [...(gate?.open ?? []), ...more.open];
  return { failOn: gate?.failOn ?? null, outcome: outcomeOf(failures, open), failures, open };
}
