/** A comparison for people: one sentence, rows of figures, rows of groups, what the gate found. */

import type {
  ComparedFigure,
  ComparedGroup,
  Comparison,
  FigureName,
  GateFinding,
  GateResult,
  GroupVerdict,
  ScenarioComparison,
} from '../../protocol/compare.js';
import type { Text } from '../text/text.js';
import { bytes, count, decimal, duration, percent } from '../units.js';
import { distinctDates } from './dates.js';
import { plainName } from './names.js';
import { richText, type RichText } from './richText.js';

export const FIGURES: readonly FigureName[] = [
  'latencyNs',
  'p95Ns',
  'peakResidentBytes',
  'peakActivationBytes',
  'macs',
  'fileBytes',
  'weightBytes',
  'parameterCount',
  'usdPerMillion',
];

/** +16 %, −7.5 %, ±0 %; 12 × from tenfold on. */
export function changeText(ratio: number | null): string {
  if (ratio === null || !Number.isFinite(ratio) || ratio < 0) return '–';
  if (ratio >= 10) return `${decimal(ratio, ratio >= 100 ? 0 : 1)} ×`;
  const change = Math.abs(ratio - 1);
  const size = percent(change, change < 0.0995 ? 1 : 0);
  if (/^0(\.0)? %$/.test(size)) return '±0 %';
  return `${ratio < 1 ? '−' : '+'}${size}`;
}

/** 5 %, 2.5 % */
export const limitText = (limit: number): string =>
  percent(limit, Math.abs(limit * 100 - Math.round(limit * 100)) < 1e-9 ? 0 : 1);

export function intervalText(interval: readonly [number, number] | null): string {
  return interval === null ? '–' : `${changeText(interval[0])} … ${changeText(interval[1])}`;
}

export function figureText(name: FigureName, value: number | null): string {
  if (name.endsWith('Ns')) return duration(value);
  if (name.endsWith('Bytes')) return bytes(value);
  if (name === 'usdPerMillion') return value === null ? '–' : `$${decimal(value, 2)}`;
  return count(value);
}

/** The verdict in words, with the figures behind it. */
export function comparisonSentence(compared: ScenarioComparison, text: Text): RichText {
  const figure = compared.totals.latencyNs;
  const { base, new: now, ratio, interval, verdict } = figure;
  if (base === null || now === null) return richText(text, 'compare.sentence.notMeasured');
  const params = { before: duration(base), now: duration(now), change: changeText(ratio) };
  if (interval === null) return richText(text, 'compare.sentence.noInterval', params);
  const range = { low: changeText(interval[0]), high: changeText(interval[1]) };
  if (compared.verdict !== verdict && (compared.verdict === 'worse' || compared.verdict === 'better')) {
    const wanted = compared.verdict === 'worse' ? 'slower' : 'faster';
    const group = sortGroups(compared.groups, 'difference', true).find((each) => each.verdict === wanted);
    if (group)
      return richText(
        text,
        compared.verdict === 'worse' ? 'compare.sentence.kernelsWorse' : 'compare.sentence.kernelsBetter',
        {
          ...params,
          name: groupName(group),
          change: changeText(group.ratio),
        },
      );
  }
  return richText(text, `compare.sentence.${verdict}`, { ...params, ...range });
}

export interface FigureRow {
  name: FigureName;
  label: string;
  before: string;
  now: string;
  change: string;
  interval: string;
  verdict: ComparedFigure['verdict'];
  verdictText: string;
}

/** Those that at least one side knows. */
export function figureRows({ totals }: ScenarioComparison, text: Text): FigureRow[] {
  return FIGURES.filter((name) => totals[name].base !== null || totals[name].new !== null).map((name) => {
    const figure = totals[name];
    return {
      name,
      label: text(`compare.figure.${name}`),
      before: figureText(name, figure.base),
      now: figureText(name, figure.new),
      change: changeText(figure.ratio),
      interval: intervalText(figure.interval),
      verdict: figure.verdict,
      verdictText: text(`compare.verdict.${figure.verdict}`),
    };
  });
}

export type GroupSort = 'difference' | 'change' | 'before' | 'now' | 'name' | 'verdict';

export const differenceNs = ({ baseNs, newNs }: ComparedGroup): number => (newNs ?? 0) - (baseNs ?? 0);
export const isChanged = ({ verdict }: ComparedGroup): boolean => verdict !== 'same' && verdict !== 'unknown';
/** A broken fusion is worth a word even where its time drowns in the noise. */
export const isTelling = (group: ComparedGroup): boolean => isChanged(group) || group.causes.length > 0;

/** `Conv_34`, or what the kernel is called where no operator names it. */
export const groupName = ({ name, newLabel, baseLabel }: ComparedGroup): string =>
  plainName(name || newLabel || baseLabel);

const VERDICT_ORDER: Record<GroupVerdict, number> = { slower: 0, new: 1, faster: 2, gone: 3, same: 4, unknown: 5 };

/** Those that show a difference first, whatever the order; then by size, which is without sign. */
export function sortGroups(groups: readonly ComparedGroup[], by: GroupSort, descending: boolean): ComparedGroup[] {
  const value: Record<Exclude<GroupSort, 'name'>, (group: ComparedGroup) => number> = {
    difference: (group) => Math.abs(differenceNs(group)),
    change: ({ ratio, verdict }) => ratio ?? (verdict === 'new' ? Infinity : 0),
    before: ({ baseNs }) => baseNs ?? -1,
    now: ({ newNs }) => newNs ?? -1,
    verdict: ({ verdict }) => -VERDICT_ORDER[verdict],
  };
  const direction = descending ? -1 : 1;
  const collator = new Intl.Collator('en', { numeric: true });
  const order =
    by === 'name'
      ? (a: ComparedGroup, b: ComparedGroup) => direction * collator.compare(groupName(a), groupName(b))
      : (a: ComparedGroup, b: ComparedGroup) => {
          const [one, other] = [value[by](a), value[by](b)];
          return one === other ? Math.abs(differenceNs(b)) - Math.abs(differenceNs(a)) : direction * (one - other);
        };
  const changedFirst =
    by === 'difference' ? (a: ComparedGroup, b: ComparedGroup) => Number(isChanged(b)) - Number(isChanged(a)) : () => 0;
  return [...groups].sort((a, b) => changedFirst(a, b) || order(a, b));
}

/** What can be seen that explains it: `Conv_34 no longer fuses with Relu`; '' where nothing can. */
export const causeText = ({ causes }: ComparedGroup, text: Text): string =>
  causes.map((cause) => plainName(text.message(cause))).join('; ');

/** `+16 %: Conv_34 no longer fuses with Relu`. */
export function groupChange(group: ComparedGroup, text: Text): string {
  const change = group.ratio === null ? signedDuration(differenceNs(group)) : changeText(group.ratio);
  const cause = causeText(group, text);
  return cause === '' ? change : text('compare.change.cause', { change, cause });
}

export const signedDuration = (ns: number): string => `${ns < 0 ? '−' : '+'}${duration(Math.abs(ns))}`;

/** `Conv + Relu → Conv; Relu`; one where both are the same. */
export function kernelsText({ baseLabel, newLabel }: ComparedGroup): string {
  const [before, now] = [plainName(baseLabel), plainName(newLabel)];
  if (before === now || before === '') return now;
  return now === '' ? before : `${before} → ${now}`;
}

export function countsText({ groups }: ScenarioComparison, text: Text): string {
  const number = (...verdicts: GroupVerdict[]): number =>
    groups.filter(({ verdict }) => verdicts.includes(verdict)).length;
  if (groups.length === 0) return text('compare.groups.untraced');
  const unknown = number('unknown');
  return text(unknown > 0 ? 'compare.groups.countsOpen' : 'compare.groups.counts', {
    slower: number('slower'),
    faster: number('faster'),
    added: number('new'),
    gone: number('gone'),
    same: number('same'),
    unknown,
  });
}

/** `det.onnx, 22 Nov 2026, 21:04, commit 1a2b3c4` for each side; with seconds where both are of the same minute. */
export function sideTexts(comparison: Pick<Comparison, 'base' | 'new'>, text: Text): { before: string; now: string } {
  const [before = '', now = ''] = distinctDates([comparison.base.createdAt, comparison.new.createdAt]);
  return { before: sideText(comparison.base, before, text), now: sideText(comparison.new, now, text) };
}

function sideText(side: Comparison['base'], date: string, text: Text): string {
  const model = plainName(side.path.split(/[\\/]/).at(-1) ?? '');
  return side.commit === null
    ? text('compare.runOf', { model, date })
    : text(side.dirty ? 'compare.runOfChanged' : 'compare.runOfCommit', {
        model,
        date,
        commit: side.commit.slice(0, 7),
      });
}

export interface GateText {
  outcome: GateResult['outcome'];
  headline: string;
  lines: string[];
}

export function gateText(gate: GateResult, text: Text): GateText {
  const lines = (findings: readonly GateFinding[]): string[] => findings.map((finding) => findingText(finding, text));
  const { outcome, failures, open, failOn } = gate;
  const headline =
    outcome === 'failed'
      ? text.plural('compare.gate.failed', failures.length)
      : outcome === 'inconclusive'
        ? text.plural('compare.gate.inconclusive', open.length)
        : failOn === null
          ? text('compare.gate.passedBudgets')
          : text('compare.gate.passed', { limit: limitText(failOn) });
  return { outcome, headline, lines: [...lines(failures), ...lines(open)] };
}

function findingText({ about, code, params }: GateFinding, text: Text): string {
  const named =
    about === 'contract'
      ? params
      : about === 'budget'
        ? { ...params, budget: text(`compare.budget.${params['budget'] as 'medianMs'}`) }
        : { ...params, figure: text(`compare.figure.${about}`) };
  return plainName(text.message({ code, params: named }));
}
