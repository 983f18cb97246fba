/** The median over the kept runs of a model, and what is said of it. */

import type { HistoryRun } from '../../protocol/webview.js';
import type { Text } from '../text/text.js';
import { durationWithError, integer, percent } from '../units.js';
import { richText, type RichText } from './richText.js';

export interface TrendPoint {
  run: HistoryRun;
  medianNs: number;
  /** Half width; 0 where there is no interval. */
  errorNs: number;
}

export interface TrendView {
  /** Runs that can be compared with the shown one, oldest first. */
  points: TrendPoint[];
  /** Of other settings, machines or without a latency. */
  others: number;
}

const MOST_POINTS = 200;

export function trendView(history: readonly HistoryRun[]): TrendView {
  const points = history
    .filter(({ comparable }) => comparable)
    .flatMap((run): TrendPoint[] =>
      run.medianNs === null ? [] : [{ run, medianNs: run.medianNs, errorNs: errorOf(run.confidenceNs) }],
    )
    .sort((a, b) => (a.run.createdAt < b.run.createdAt ? -1 : 1))
    .slice(-MOST_POINTS);
  return { points, others: history.length - points.length };
}

export const errorOf = (interval: readonly [number, number] | null): number =>
  interval ? Math.max(0, (interval[1] - interval[0]) / 2) : 0;

/** Against the first: only what lies beyond both intervals is called a change. */
export function trendSentence({ points }: TrendView, text: Text): RichText {
  const [first, last] = [points[0], points[points.length - 1]];
  if (!first || !last) return richText(text, 'trend.none');
  const figures = { count: integer(points.length), now: durationWithError(last.medianNs, last.errorNs) };
  if (points.length === 1) return richText(text, 'trend.single', figures);
  const change = last.medianNs / first.medianNs - 1;
  const beyond = Math.abs(last.medianNs - first.medianNs) > last.errorNs + first.errorNs;
  if (!beyond) return richText(text, 'trend.same', figures);
  const params = { ...figures, change: percent(Math.abs(change), Math.abs(change) < 0.1 ? 1 : 0) };
  return richText(text, change > 0 ? 'trend.slower' : 'trend.faster', params);
}
