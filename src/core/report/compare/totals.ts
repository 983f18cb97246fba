/** The figures of the whole model: latency with its noise, memory with what two processes differ by, the rest counted exactly. */

import type { ComparedFigure, ComparisonVerdict, FigureName } from '../../../protocol/compare.js';
import type { Report, Scenario } from '../../../protocol/report.js';
import { cheapest } from './budgets.js';
import { memoryFigure } from './memory.js';
import type { Side } from './side.js';
import { ratioInterval, RUN_TO_RUN, type Timing } from './significance.js';
import { type Drift, latencyTiming, tailTiming } from './timing.js';

/** Of the chance for a false alarm, median and tail in equal parts; kernels have the rest. */
const SHARE_OF_LATENCY = 0.4;
/** The tail is less sure than the middle. */
const TAIL_WIDER = 2;
/** An interval that reaches this far from one tells neither way. */
export const WIDEST_SAME = 0.1;
/** Names and tables of a file change it by a little. */
const LEAST_COUNTED = 0.001;

export function totalsOf(base: Side, next: Side, drift: Drift): Record<FigureName, ComparedFigure> {
  const [was, is] = [base.scenario, next.scenario];
  const latency = latencyFigure(base, next, drift);
  return {
    latencyNs: latency,
    p95Ns: tailFigure(was, is, latency, drift),
    peakResidentBytes: memoryFigure(was.memory?.peakResidentBytes ?? null, is.memory?.peakResidentBytes ?? null),
    peakActivationBytes: counted(was.totals.peakActivationBytes, is.totals.peakActivationBytes),
    macs: counted(was.totals.macs, is.totals.macs),
    fileBytes: counted(sizeOf(base.report), sizeOf(next.report)),
    weightBytes: counted(was.totals.weightBytes, is.totals.weightBytes),
    parameterCount: counted(base.report.model.parameterCount, next.report.model.parameterCount),
    usdPerMillion: counted(cheapest(base.report), cheapest(next.report)),
  };
}

/** With the files that hold its weights. */
export const sizeOf = ({ model }: Report): number | null =>
  model.fileBytes === null ? null : model.externalData.reduce((sum, { bytes }) => sum + bytes, model.fileBytes);

const ratioOf = (base: number | null, next: number | null): number | null =>
  base !== null && next !== null && base > 0 ? next / base : null;

/** Less is better in every figure. */
function counted(base: number | null, next: number | null): ComparedFigure {
  const figure = { base, new: next, ratio: ratioOf(base, next), interval: null };
  if (base === null || next === null) return { ...figure, verdict: 'inconclusive' };
  if (Math.abs(next - base) <= base * LEAST_COUNTED) return { ...figure, verdict: 'same' };
  return { ...figure, verdict: next > base ? 'worse' : 'better' };
}

function latencyFigure(base: Side, next: Side, drift: Drift): ComparedFigure {
  const [was, is] = [latencyTiming(base.scenario), latencyTiming(next.scenario)];
  return timedFigure(was, is, RUN_TO_RUN.latency, drift.ofRun);
}

function timedFigure(was: Timing | null, is: Timing | null, runToRun: number, drift: number): ComparedFigure {
  const figure = { base: was?.timeNs ?? null, new: is?.timeNs ?? null };
  const interval =
    was && is
      ? ratioInterval({ base: was, next: is, prior: null, share: SHARE_OF_LATENCY / 2, runToRun, drift })
      : null;
  return { ...figure, ratio: ratioOf(figure.base, figure.new), interval, verdict: verdictOfInterval(interval) };
}

function verdictOfInterval(interval: [number, number] | null): ComparisonVerdict {
  if (interval === null) return 'inconclusive';
  const [low, high] = interval;
  if (low > 1) return 'worse';
  if (high < 1) return 'better';
  return high > 1 + WIDEST_SAME || low < 1 / (1 + WIDEST_SAME) ? 'inconclusive' : 'same';
}

/** By its own rounds where they are long enough, which the median's are a stand-in for elsewhere. */
function tailFigure(was: Scenario, is: Scenario, latency: ComparedFigure, drift: Drift): ComparedFigure {
  const [before, now] = [tailTiming(was), tailTiming(is)];
  return before && now
    ? timedFigure(before, now, RUN_TO_RUN.latency * TAIL_WIDER, drift.ofRun * TAIL_WIDER)
    : likeLatency(was.latency?.p95Ns ?? null, is.latency?.p95Ns ?? null, latency);
}

/** It is as sure as the median, at best. */
function likeLatency(base: number | null, next: number | null, latency: ComparedFigure): ComparedFigure {
  const ratio = ratioOf(base, next);
  if (ratio === null || latency.ratio === null || latency.interval === null)
    return { base, new: next, ratio, interval: null, verdict: 'inconclusive' };
  const [low, high] = latency.interval;
  const [lower, upper] = [low / latency.ratio, high / latency.ratio];
  const interval: [number, number] = [ratio * lower ** TAIL_WIDER, ratio * upper ** TAIL_WIDER];
  return { base, new: next, ratio, interval, verdict: verdictOfInterval(interval) };
}
