/** Timeline: the kernels of one run along time, a lane for each module. */

import { html, svg, type TemplateResult } from 'lit/html.js';
import { duration, durationUnit, integer, inUnit } from '../../src/format/units.js';
import { plainName, shortenMiddle } from '../../src/format/views/names.js';
import type { ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import {
  drawnBars,
  timelineSentence,
  timelineView as viewOf,
  type TimelineBar,
  type TimelineLane,
  type TimelineView,
} from '../../src/format/views/timeline.js';
import { dataTable } from '../controls/dataTable.js';
import { across, durationAxis, plot, plotBox, type PlotBox } from '../controls/plot.js';
import type { Context } from '../context.js';
import { openKernel } from './segmentActions.js';
import { fullKernelName, kernelLink, viewFrame } from './viewFrame.js';

const LANE_HEIGHT = 24;
const BAR_HEIGHT = 16;

export function timelineView(context: Context, index: ScenarioIndex): TemplateResult {
  const { text } = context;
  const view = viewOf(index);
  return viewFrame(context, {
    title: text('page.tab.timeline'),
    sentence: timelineSentence(index, view, text),
    evidence: view.bars.length === 0 ? null : 'hotspots',
    picture: view.bars.length === 0 ? null : chart(context, index, view),
    table: (rows) => table(context, index, view, rows),
    note: text('page.timeline.note'),
  });
}

function chart(context: Context, index: ScenarioIndex, view: TimelineView): TemplateResult {
  const { text, narrow } = context;
  const labels = narrow ? 96 : 168;
  const box = plotBox(context.width, view.lanes.length * LANE_HEIGHT + 56, labels);
  const totalNs = view.kernelsNs + view.outsideNs;
  const nsPerPixel = totalNs / (box.right - box.left);
  return plot({
    box,
    label: text('page.timeline.chart', {
      time: duration(totalNs),
      count: integer(view.bars.length),
      lanes: integer(view.lanes.length),
    }),
    y: null,
    x: durationAxis(totalNs, narrow ? 4 : 8, across(box, totalNs)),
    marks: svg`<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch-ground" width="6" height="6"></rect><rect class="hatch-line" width="3" height="6"></rect></pattern></defs>
      ${view.lanes.map((lane, position) => laneOf(context, index, box, lane, position, nsPerPixel))}`,
  });
}

function laneOf(
  context: Context,
  index: ScenarioIndex,
  box: PlotBox,
  lane: TimelineLane,
  position: number,
  nsPerPixel: number,
): TemplateResult<2> {
  const top = box.top + position * LANE_HEIGHT;
  const label = laneLabel(context, lane);
  return svg`<line class="grid-rule" x1=${box.left} x2=${box.right} y1=${top + LANE_HEIGHT - 4} y2=${top + LANE_HEIGHT - 4}></line>
    <text class="lane" x="0" y=${top + 13}>${shortenMiddle(label, context.narrow ? 13 : 23)}<title>${label}</title></text>
    ${drawnBars(lane.bars, nsPerPixel).map((bars) => barOf(context, index, bars, { left: box.left, top, nsPerPixel }))}`;
}

const laneLabel = ({ text }: Context, { module, gathered }: TimelineLane): string =>
  gathered > 0
    ? text('page.timeline.other', { count: integer(gathered) })
    : module === null
      ? text('page.hotspots.noModule')
      : plainName(module);

function barOf(
  context: Context,
  index: ScenarioIndex,
  bars: readonly TimelineBar[],
  { left, top, nsPerPixel }: { left: number; top: number; nsPerPixel: number },
): TemplateResult<2> {
  const first = bars[0]!;
  const last = bars[bars.length - 1]!;
  const longest = bars.reduce((best, bar) => (bar.durationNs > best.durationNs ? bar : best), first);
  const timeNs = bars.reduce((sum, bar) => sum + bar.durationNs, 0);
  const start = duration(first.startNs);
  const label =
    bars.length === 1
      ? context.text('page.timeline.bar', {
          kernel: fullKernelName(context, index, first.kernel).slice(0, 200),
          time: duration(timeNs),
          start,
        })
      : context.text('page.timeline.bars', { count: integer(bars.length), time: duration(timeNs), start });
  const width = Math.max(1, (last.startNs + last.durationNs - first.startNs) / nsPerPixel);
  return svg`<rect
    class="timeline-bar svg-${longest.category}"
    x=${(left + first.startNs / nsPerPixel).toFixed(1)}
    y=${top}
    width=${width.toFixed(1)}
    height=${BAR_HEIGHT}
    @click=${() => {
      openKernel(context, index, longest.kernel.id);
    }}
  ><title>${label}</title></rect>`;
}

function table(context: Context, index: ScenarioIndex, { bars }: TimelineView, rows: number): TemplateResult {
  const { text } = context;
  // Below the picture the longest; in its place all, as executed.
  const shown =
    rows < bars.length && !context.ui.viewAsTable
      ? [...bars].sort((a, b) => b.durationNs - a.durationNs).slice(0, rows)
      : bars.slice(0, rows);
  const last = bars[bars.length - 1];
  const startUnit = durationUnit(last ? last.startNs + last.durationNs : 0);
  const unit = durationUnit(bars.reduce((most, bar) => Math.max(most, bar.durationNs), 0));
  const columns = [
    { label: text('page.view.kernel') },
    { label: text('page.timeline.module'), wide: true },
    { label: text('page.timeline.start', { unit: startUnit.label }), number: true },
    { label: text('page.timeline.duration', { unit: unit.label }), number: true },
  ];
  const cells = shown.map(({ kernel, startNs, durationNs }) => [
    kernelLink(context, index, kernel),
    shortenMiddle(kernel.module, 40),
    inUnit(startNs, startUnit, 2),
    inUnit(durationNs, unit, 2),
  ]);
  const more = bars.length - shown.length;
  return html`${dataTable(text('page.tab.timeline'), columns, cells)}
  ${more > 0 ? html`<p class="note">${text('page.view.more', { number: integer(more) })}</p>` : ''}`;
}
