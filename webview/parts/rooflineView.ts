/** Roofline: kernels under the measured ceilings, both axes logarithmic. */

import { html, nothing, svg, type TemplateResult } from 'lit/html.js';
import { count, countUnit, decimal, decimalsFor, integer, inUnit, percent } from '../../src/format/units.js';
import {
  attainable,
  decades,
  logAxis,
  onLogAxis,
  rooflineSentence,
  rooflineView as viewOf,
  type LogAxis,
  type RooflinePoint,
  type RooflineView,
} from '../../src/format/views/roofline.js';
import { categoryOf, type ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import type { Roofline } from '../../src/protocol/report.js';
import { dataTable } from '../controls/dataTable.js';
import { plot, plotBox, type Axis, type PlotBox } from '../controls/plot.js';
import type { Context } from '../context.js';
import { openKernel } from './segmentActions.js';
import { fullKernelName, kernelLink, viewFrame } from './viewFrame.js';

const MOST_POINTS = 300;

interface Scale {
  box: PlotBox;
  x: LogAxis;
  y: LogAxis;
  atX: (flopPerByte: number) => number;
  atY: (flopPerSecond: number) => number;
}

export function rooflineView(context: Context, index: ScenarioIndex): TemplateResult {
  const { text } = context;
  const view = viewOf(index);
  return viewFrame(context, {
    title: text('page.tab.roofline'),
    sentence: rooflineSentence(view, text),
    evidence: view.roofline ? 'bound' : null,
    picture: view.points.length === 0 ? null : chart(context, index, view),
    table: (rows) => (view.points.length === 0 ? noPoints(context) : table(context, index, view, rows)),
    ...(view.points.length === 0 ? {} : { note: notes(context, view.roofline) }),
  });
}

const noPoints = ({ text }: Context): TemplateResult => html`<p class="note">${text('page.roofline.noPoints')}</p>`;

function notes({ text }: Context, roofline: Roofline | null): string {
  const note = text('page.roofline.note');
  if (!roofline) return note;
  const [peakLow, peakHigh] = roofline.spread.flopPerSecond;
  const [bandwidthLow, bandwidthHigh] = roofline.spread.bytesPerSecond;
  const ceilings = text('page.roofline.ceilings', {
    peak: count(roofline.peakFlopPerSecond),
    peakLow: count(peakLow),
    peakHigh: count(peakHigh),
    bandwidth: count(roofline.memoryBytesPerSecond),
    bandwidthLow: count(bandwidthLow),
    bandwidthHigh: count(bandwidthHigh),
  });
  return `${ceilings} ${note}`;
}

/** `0.1`, `10`, `1 G`: a power of ten as people say it. */
function decade(value: number): string {
  if (value < 1) return decimal(value, Math.round(-Math.log10(value)));
  const unit = countUnit(value);
  return `${inUnit(value, unit, 0)}${unit.label === '' ? '' : ` ${unit.label}`}`;
}

function scaleOf(context: Context, { roofline, points }: RooflineView): Scale {
  const box = plotBox(context.width, context.narrow ? 300 : 380, 62);
  const x = logAxis([...points.map((point) => point.flopPerByte), roofline?.ridgeFlopPerByte ?? 0]);
  const y = logAxis([...points.map((point) => point.flopPerSecond), roofline?.peakFlopPerSecond ?? 0]);
  return {
    box,
    x,
    y,
    atX: (value) => box.left + onLogAxis(x, value) * (box.right - box.left),
    atY: (value) => box.bottom - onLogAxis(y, value) * (box.bottom - box.top),
  };
}

function chart(context: Context, index: ScenarioIndex, view: RooflineView): TemplateResult {
  const { text } = context;
  const scale = scaleOf(context, view);
  const { box } = scale;
  const shown = view.points.slice(0, MOST_POINTS);
  const axis = (of: LogAxis, at: (value: number) => number, title: string): Axis => ({
    title,
    ticks: decades(of).map((value) => ({ at: at(value), label: decade(value) })),
  });
  return plot({
    box,
    label: text('page.roofline.chart', { count: integer(shown.length) }),
    walked: true,
    y: axis(scale.y, scale.atY, text('page.roofline.speed')),
    x: axis(scale.x, scale.atX, text('page.roofline.intensity')),
    marks: [
      view.roofline ? roof(scale, view.roofline) : nothing,
      ...[...shown].reverse().map((point) => mark(context, index, scale, point)),
    ],
  });
}

/** Both ceilings as a line, from their lowest to their highest pass as a band. */
function roof(scale: Scale, roofline: Roofline): TemplateResult<2> {
  const { box, x, atX } = scale;
  const [peakLow, peakHigh] = roofline.spread.flopPerSecond;
  const [byteLow, byteHigh] = roofline.spread.bytesPerSecond;
  const atY = (value: number): number => Math.min(box.bottom, scale.atY(Math.max(value, scale.y.low)));
  const path = (peak: number, bytesPerSecond: number): [number, number][] => {
    const line = { ...roofline, peakFlopPerSecond: peak, memoryBytesPerSecond: bytesPerSecond };
    const corners = [x.low, scale.y.low / bytesPerSecond, peak / bytesPerSecond, x.high];
    return corners
      .filter((at) => at >= x.low && at <= x.high)
      .sort((a, b) => a - b)
      .map((at) => [atX(at), atY(attainable(line, at))]);
  };
  const points = (line: [number, number][]): string =>
    line.map((pair) => pair.map((one) => one.toFixed(1)).join(',')).join(' ');
  const band = [...path(peakHigh, byteHigh), ...path(peakLow, byteLow).reverse()];
  return svg`<polygon class="roof-band" points=${points(band)}></polygon>
    <polyline class="roof" points=${points(path(roofline.peakFlopPerSecond, roofline.memoryBytesPerSecond))}></polyline>`;
}

function mark(context: Context, index: ScenarioIndex, { atX, atY }: Scale, point: RooflinePoint): TemplateResult<2> {
  const { kernel } = point;
  const label = context.text('page.roofline.point', {
    kernel: fullKernelName(context, index, kernel).slice(0, 200),
    share: percent(point.share, 1),
    intensity: decimal(point.flopPerByte, decimalsFor(point.flopPerByte)),
    speed: `${count(point.flopPerSecond)}FLOP`,
  });
  const open = (): void => {
    openKernel(context, index, kernel.id);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    open();
  };
  return svg`<circle
    class="mark svg-${categoryOf(kernel)} ${kernel.trusted ? '' : 'hollow'}"
    cx=${atX(point.flopPerByte).toFixed(1)}
    cy=${atY(point.flopPerSecond).toFixed(1)}
    r=${(3 + 20 * Math.sqrt(Math.min(1, point.share))).toFixed(1)}
    role="button"
    aria-label=${label}
    data-roving-item
    data-kernel=${kernel.id}
    @click=${open}
    @keydown=${onKey}
  ><title>${label}</title></circle>`;
}

function table(context: Context, index: ScenarioIndex, { points }: RooflineView, rows: number): TemplateResult {
  const { text } = context;
  const columns = [
    { label: text('page.view.kernel') },
    { label: text('page.hotspots.column.share'), number: true },
    { label: text('page.roofline.column.intensity'), number: true, wide: true },
    { label: text('page.roofline.column.speed'), number: true },
    { label: text('page.roofline.column.of'), number: true },
    { label: text('page.roofline.column.bound'), wide: true },
  ];
  const cells = points
    .slice(0, rows)
    .map(({ kernel, share, flopPerByte, flopPerSecond }) => [
      kernelLink(context, index, kernel),
      decimal(share * 100, 1),
      decimal(flopPerByte, 1),
      decimal(flopPerSecond / 1e9, 1),
      kernel.attainedOfRoof === null ? '–' : percent(kernel.attainedOfRoof),
      kernel.bound === null ? text('page.unknown') : text(`page.bound.${kernel.bound}`),
    ]);
  return dataTable(text('page.tab.roofline'), columns, cells);
}
