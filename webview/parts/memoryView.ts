/** Memory: bytes of tensors alive over the run, with its peak. */

import { html, svg, type TemplateResult } from 'lit/html.js';
import { byteUnit, bytes, decimalsFor, integer, inUnit, percent } from '../../src/format/units.js';
import {
  memorySentence,
  memoryView as viewOf,
  type MemoryMoment,
  type MemoryView,
} from '../../src/format/views/memory.js';
import { richText } from '../../src/format/views/richText.js';
import type { ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import { dataTable } from '../controls/dataTable.js';
import { factList } from '../controls/facts.js';
import { across, plot, plotBox, ticks, upwards, type PlotBox } from '../controls/plot.js';
import type { Context } from '../context.js';
import { emptyView, kernelLink, viewFrame } from './viewFrame.js';

export function memoryView(context: Context, index: ScenarioIndex): TemplateResult {
  const { text } = context;
  const view = viewOf(index);
  const title = text('page.tab.memory');
  if (!view) return emptyView(title, richText(text, 'page.memoryView.none'), null);
  const { peak } = view;
  return viewFrame(context, {
    title,
    sentence: memorySentence(index, view, text),
    evidence: 'memory',
    picture: peak && view.moments.length > 1 ? chart(context, view, peak) : null,
    table: (rows) => table(context, index, view, rows),
    note: text('page.memoryView.note'),
    more: html`<div class="view-facts">${parts(context, view)}</div>`,
  });
}

function parts({ text }: Context, view: MemoryView): TemplateResult {
  const known = (value: number | null): string => (value === null ? text('page.unknown') : bytes(value));
  const fact = (label: string, value: string): { label: string; value: string; title: null } => ({
    label,
    value,
    title: null,
  });
  return factList([
    fact(text('page.memoryView.alive'), known(view.peak?.liveBytes ?? null)),
    fact(text('page.memoryView.arena'), known(view.arenaPeakBytes)),
    fact(text('page.memoryView.weights'), bytes(view.weightBytes)),
    fact(text('page.memoryView.rest'), known(view.restBytes)),
    fact(
      text('page.memoryView.resident'),
      view.peakResidentBytes === null ? text('page.notMeasured') : bytes(view.peakResidentBytes),
    ),
  ]);
}

/** At most two corners a pixel: the highest of each column stays, so that the peak is always drawn. */
function outline(box: PlotBox, moments: readonly MemoryMoment[], atY: (value: number) => number): [number, number][] {
  const columns = Math.max(1, Math.round(box.right - box.left));
  const highest = new Map<number, number>();
  const last = Math.max(1, moments.length - 1);
  for (const [position, { liveBytes }] of moments.entries()) {
    const column = Math.round((position / last) * columns);
    highest.set(column, Math.max(highest.get(column) ?? 0, liveBytes));
  }
  return [...highest].map(([column, value]) => [box.left + column, atY(value)]);
}

function chart({ text, width }: Context, { moments }: MemoryView, peak: MemoryMoment): TemplateResult {
  const box = plotBox(width, 260, 62);
  const unit = byteUnit(peak.liveBytes);
  const most = peak.liveBytes * 1.08;
  const atY = upwards(box, most);
  const atX = across(box, Math.max(1, moments.length - 1));
  const steps = outline(box, moments, atY)
    .map(([x, y], position) => (position === 0 ? `M${x},${y.toFixed(1)}` : `H${x}V${y.toFixed(1)}`))
    .join('');
  const at = atX(moments.findIndex(({ step }) => step === peak.step));
  const top = atY(peak.liveBytes);
  return plot({
    box,
    label: text('page.memoryView.chart', {
      count: integer(moments.length),
      peak: bytes(peak.liveBytes),
      step: integer(peak.step + 1),
    }),
    y: {
      title: unit.label,
      ticks: ticks(most / unit.scale, 5).map((value) => ({
        at: atY(value * unit.scale),
        label: inUnit(value * unit.scale, unit, value < 10 && value % 1 !== 0 ? 1 : 0),
      })),
    },
    x: {
      title: text('page.memoryView.step'),
      ticks: ticks(moments.length - 1, 8).map((step) => ({ at: atX(step), label: integer(step + 1) })),
    },
    marks: svg`<path class="area" d=${`${steps}V${box.bottom}H${box.left}Z`}></path><path class="outline" d=${steps}></path>
      <line class="peak" x1=${at} x2=${at} y1=${top} y2=${box.bottom}></line>
      <text class="tick strong" x=${at} y=${top - 4} text-anchor=${at > box.width / 2 ? 'end' : 'start'}
        >${text('page.memoryView.peak', { peak: bytes(peak.liveBytes) })}</text>`,
  });
}

function table(context: Context, index: ScenarioIndex, { largest, peak }: MemoryView, rows: number): TemplateResult {
  const { text } = context;
  const unit = byteUnit(peak?.liveBytes ?? 0);
  const decimals = decimalsFor((peak?.liveBytes ?? 0) / unit.scale);
  const columns = [
    { label: text('page.view.kernel') },
    { label: text('page.memoryView.position'), number: true, wide: true },
    { label: text('page.memoryView.live', { unit: unit.label }), number: true },
    { label: text('page.memoryView.ofPeak'), number: true },
  ];
  const cells = largest
    .slice(0, rows)
    .map(({ kernel, step, liveBytes }) => [
      kernelLink(context, index, kernel),
      integer(step + 1),
      inUnit(liveBytes, unit, decimals),
      percent(peak && peak.liveBytes > 0 ? liveBytes / peak.liveBytes : null),
    ]);
  return html`<h2 class="view-head">${text('page.memoryView.largest')}</h2>
    ${dataTable(text('page.memoryView.largest'), columns, cells)}`;
}
