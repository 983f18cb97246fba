/** Trend: the median over the kept runs of the same settings on the same machine. */

import { html, nothing, svg, type TemplateResult } from 'lit/html.js';
import { duration, durationWithError, integer } from '../../src/format/units.js';
import { commitText, runNames, tickDates } from '../../src/format/views/dates.js';
import { shortenMiddle } from '../../src/format/views/names.js';
import { richText } from '../../src/format/views/richText.js';
import { errorOf, trendSentence, trendView as viewOf, type TrendPoint } from '../../src/format/views/trend.js';
import type { HistoryRun } from '../../src/protocol/webview.js';
import { dataTable } from '../controls/dataTable.js';
import { corners, durationAxis, plot, plotBox, upwards, whisker } from '../controls/plot.js';
import type { Context } from '../context.js';
import { emptyView, viewFrame } from './viewFrame.js';

const MOST_LABELS = 8;

/** What each run is called beside the others. */
type Names = ReadonlyMap<HistoryRun, string>;

export function trendView(context: Context): TemplateResult {
  const { text, state } = context;
  const title = text('page.tab.trend');
  const history = state.history ?? [];
  if (history.length === 0)
    return emptyView(title, richText(text, 'trend.none'), context.live ? null : text('trend.document'));
  const view = viewOf(history);
  const all = runNames(history);
  const names: Names = new Map(history.map((run, at) => [run, all[at] ?? '']));
  return viewFrame(context, {
    title,
    sentence: trendSentence(view, text),
    evidence: null,
    picture: view.points.length < 2 ? null : chart(context, view.points, names),
    table: (rows) => table(context, history.slice(0, rows), names),
    note: text('trend.note'),
  });
}

function chart(context: Context, points: readonly TrendPoint[], names: Names): TemplateResult {
  const { text, width } = context;
  const box = plotBox(width, 280, 62);
  const mostNs = points.reduce((most, one) => Math.max(most, one.medianNs + one.errorNs), 1) * 1.05;
  const step = (box.right - box.left) / points.length;
  const atX = (position: number): number => box.left + step * (position + 0.5);
  const atY = upwards(box, mostNs);
  const medians = points.map(({ medianNs }) => medianNs);
  const line = points.map(({ medianNs }, position) => [atX(position), atY(medianNs)] as const);
  const times = tickDates(points.map(({ run }) => run.createdAt));
  const every = Math.ceil(points.length / MOST_LABELS);
  return plot({
    box,
    label: text('trend.chart', {
      count: integer(points.length),
      low: duration(Math.min(...medians)),
      high: duration(Math.max(...medians)),
    }),
    y: durationAxis(mostNs, 5, atY),
    x: {
      title: text('trend.axis'),
      ticks: times.flatMap((label, position) => (position % every === 0 ? [{ at: atX(position), label }] : [])),
    },
    marks: svg`<polyline class="curve" points=${corners(line)}></polyline>
      ${points.map((point, position) => mark(context, point, names.get(point.run) ?? '', [atX(position), atY]))}`,
  });
}

function mark(
  context: Context,
  { run, medianNs, errorNs }: TrendPoint,
  name: string,
  [x, atY]: [number, (ns: number) => number],
): TemplateResult {
  const title = `${name}: ${durationWithError(medianNs, errorNs)}`;
  return svg`${whisker(x, atY(medianNs + errorNs), atY(Math.max(0, medianNs - errorNs)))}
    <circle class="mark ${run.shown ? 'svg-compute' : 'svg-other'}" cx=${x} cy=${atY(medianNs)} r=${run.shown ? 6 : 4}
      @click=${() => {
        openRun(context, run);
      }}><title>${title}</title></circle>`;
}

function openRun({ actions }: Context, { reportId }: HistoryRun): void {
  actions.post({ type: 'openRun', reportId });
}

function table(context: Context, runs: readonly HistoryRun[], names: Names): TemplateResult {
  const { text } = context;
  const columns = [
    { label: text('trend.column.run') },
    { label: text('trend.column.median'), number: true, short: true },
    { label: text('trend.column.commit'), wide: true, short: true },
    { label: text('trend.column.settings'), wide: true },
    { label: text('trend.column.machine'), wide: true },
  ];
  const cells = runs.map((run) => [
    runLink(context, run, names.get(run) ?? ''),
    run.medianNs === null ? text('page.notMeasured') : durationWithError(run.medianNs, errorOf(run.confidenceNs)),
    commitText(run.commit === null ? null : { commit: run.commit, dirty: run.dirty }) || '–',
    shortenMiddle(run.settings, 60),
    shortenMiddle(run.machine, 40) || '–',
  ]);
  return dataTable(text('page.tab.trend'), columns, cells);
}

function runLink(context: Context, run: HistoryRun, name: string): TemplateResult {
  const { text } = context;
  const notes = [
    ...(run.shown ? [text('trend.shown')] : []),
    ...(run.pinned ? [text('trend.pinned')] : []),
    ...(run.foreign ? [text('trend.elsewhere')] : []),
  ];
  return html`<button
      type="button"
      class="link kernel-link"
      title=${text('trend.open', { run: name })}
      data-roving-item
      @click=${() => {
        openRun(context, run);
      }}
    >
      ${shortenMiddle(name, 60)}</button
    >${notes.length === 0 ? nothing : html` <span class="tab-note">${notes.join(', ')}</span>`}`;
}
