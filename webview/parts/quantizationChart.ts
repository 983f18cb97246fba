/** Plans as points: speed-up against accuracy; by speed alone where the accuracy is unknown. */

import type { ChartConfiguration, Scale, TooltipItem } from 'chart.js';
import type { TemplateResult } from 'lit/html.js';
import { decimal, integer } from '../../src/format/units.js';
import { decibelText, speedupText, type PlanRow, type QuantizationView } from '../../src/format/views/quantization.js';
import { chart } from '../controls/chart.js';
import type { Context } from '../context.js';
import { coloursAt, ground, letters, whiskers, type Colours, type Point } from './quantizationMarks.js';

export function planChart(context: Context, view: QuantizationView, verdict: string): TemplateResult {
  const { text, width } = context;
  const points = pointsOf(view);
  const label = text(view.synthetic ? 'page.quant.chartSpeed' : 'page.quant.chart', {
    count: integer(points.length),
    verdict,
  });
  const key = JSON.stringify([
    view.section.scenarioId,
    view.section.trial?.measuredAt ?? '',
    view.targetDb,
    view.synthetic,
    width,
    points.map(({ x, y, row }) => [row.plan.id, row.letter, row.recommended, x, y]),
  ]);
  return chart({
    key,
    label,
    height: view.synthetic ? 64 + 26 * points.length : 300,
    build: (near) => configuration(context, view, points, coloursAt(near)),
  });
}

function pointsOf(view: QuantizationView): Point[] {
  const measured = view.plans.flatMap((row) => (row.measured ? [{ row, measured: row.measured }] : []));
  if (view.synthetic)
    return measured.map(({ row, measured: of }, position) => ({
      x: of.speedup,
      y: measured.length - 1 - position,
      row,
      measured: of,
    }));
  return measured.flatMap(({ row, measured: of }) =>
    of.sqnrDb === null ? [] : [{ x: of.speedup, y: of.sqnrDb, row, measured: of }],
  );
}

/** Round limits with room for the intervals and for 1×. */
function speedLimits(points: readonly Point[]): [number, number] {
  const ends = points.flatMap(({ measured }) => measured.speedupInterval);
  const low = Math.min(1, ...ends);
  const high = Math.max(1, ...ends);
  const pad = Math.max(0.03, (high - low) * 0.06);
  return [Math.max(0, low - pad), high + pad];
}

function configuration(
  context: Context,
  view: QuantizationView,
  points: readonly Point[],
  colours: Colours,
): ChartConfiguration<'scatter'> {
  const [low, high] = speedLimits(points);
  const font = { family: colours.family, size: 11 };
  const { text } = context;
  return {
    type: 'scatter',
    data: { datasets: datasets(points, colours) },
    options: {
      animation: false,
      maintainAspectRatio: false,
      layout: { padding: { top: 18, right: 8 } },
      interaction: { mode: 'nearest', intersect: true },
      plugins: { tooltip: tooltip(context, colours) },
      scales: {
        x: {
          min: low,
          max: high,
          title: { display: true, text: text('page.quant.axis.speedup'), color: colours.faint, font },
          grid: { color: colours.rule, drawTicks: false },
          border: { color: colours.faint },
          ticks: {
            color: colours.faint,
            font,
            maxTicksLimit: context.narrow ? 6 : 8,
            includeBounds: false,
            callback: (value) => `${decimal(Number(value), high - low < 0.35 ? 2 : 1)}×`,
          },
        },
        y: view.synthetic ? planAxis(points, colours) : decibelAxis(context, points, view, colours),
      },
    },
    plugins: [ground(context, view, colours), whiskers(colours), letters(context, view, colours)],
  };
}

const decibelAxis = ({ text }: Context, points: readonly Point[], view: QuantizationView, colours: Colours) => ({
  min: 0,
  max: Math.max(view.targetDb, ...points.map(({ y }) => y)) * 1.08,
  title: {
    display: true,
    text: text('page.quant.axis.sqnr'),
    color: colours.faint,
    font: { family: colours.family, size: 11 },
  },
  grid: { color: colours.rule, drawTicks: false },
  border: { color: colours.faint },
  ticks: { color: colours.faint, font: { family: colours.family, size: 11 }, maxTicksLimit: 7, includeBounds: false },
});

const planAxis = (points: readonly Point[], colours: Colours) => ({
  min: -0.6,
  max: points.length - 0.4,
  grid: { display: false },
  border: { display: false },
  afterBuildTicks: (axis: Scale) => {
    axis.ticks = points.map(({ y }) => ({ value: y }));
  },
  ticks: {
    color: colours.text,
    font: { family: colours.family, size: 12 },
    autoSkip: false,
    callback: (value: number | string) => {
      const row = points.find(({ y }) => y === Number(value))?.row;
      return row ? shortened(`${row.letter} · ${row.name}`) : '';
    },
  },
});

const shortened = (name: string): string => (name.length > 34 ? `${name.slice(0, 33)}…` : name);

/** Diamond: recommended. Full: meets the target, or accuracy unknown. Hollow: misses it. */
function datasets(points: readonly Point[], colours: Colours): ChartConfiguration<'scatter'>['data']['datasets'] {
  const of = (test: (row: PlanRow) => boolean): Point[] => points.filter(({ row }) => test(row));
  const shared = { pointBorderColor: colours.mark, pointBorderWidth: 1.5, pointHoverBorderWidth: 2 };
  return [
    {
      ...shared,
      data: of(({ recommended }) => recommended),
      pointStyle: 'rectRot' as const,
      pointRadius: 8,
      pointHoverRadius: 9,
      pointBackgroundColor: colours.good,
      pointBorderColor: colours.good,
    },
    {
      ...shared,
      data: of(({ recommended, meetsTarget }) => !recommended && meetsTarget !== false),
      pointRadius: 5,
      pointHoverRadius: 6,
      pointBackgroundColor: colours.mark,
    },
    {
      ...shared,
      data: of(({ recommended, meetsTarget }) => !recommended && meetsTarget === false),
      pointRadius: 5,
      pointHoverRadius: 6,
      pointBackgroundColor: colours.page,
    },
  ];
}

function tooltip({ text }: Context, colours: Colours): object {
  return {
    displayColors: false,
    backgroundColor: colours.page,
    borderColor: colours.faint,
    borderWidth: 1,
    titleColor: colours.text,
    bodyColor: colours.text,
    cornerRadius: 2,
    callbacks: {
      title: (items: TooltipItem<'scatter'>[]) => {
        const row = (items[0]?.raw as Point | undefined)?.row;
        return row ? `${row.letter} · ${row.name}` : '';
      },
      label: (item: TooltipItem<'scatter'>) => {
        const { measured } = item.raw as Point;
        return [speedupText(measured), decibelText(measured.sqnrDb, text)];
      },
    },
  };
}
