/** Cost over rate with its steps, and latency over rate with its knee. */

import { html, nothing, svg, type TemplateResult } from 'lit/html.js';
import { decimal, duration, integer } from '../../src/format/units.js';
import { answerOption } from '../../src/format/views/costAnswer.js';
import { rangeText, rateText, usd } from '../../src/format/views/money.js';
import { plainName } from '../../src/format/views/names.js';
import type { CostCurve, CostOption, CostSection } from '../../src/protocol/cost.js';
import { linkButton } from '../controls/button.js';
import { dataTable } from '../controls/dataTable.js';
import { across, corners, plot, plotBox, ticks, upright, upwards, type Axis, type PlotBox } from '../controls/plot.js';
import type { Context } from '../context.js';

const DIGIT_WIDTH = 7;
const LABEL_GAP = 8;
const LABELS_WIDTH = 150;
const ASIDE_WIDTH = 300;

interface Scale {
  x: (rate: number) => number;
  y: (value: number) => number;
  box: PlotBox;
}

export function costCharts(context: Context, section: CostSection): TemplateResult {
  const { curves } = section;
  if (!curves || curves.machines.length === 0) return html`<div class="cost-charts"></div>`;
  const { text, ui, actions, live } = context;
  return html`<div class="cost-charts">
    <div class="cost-head">
      <h2>${text('page.cost.chart.month')}</h2>
      <span class="spring"></span>
      ${
        live
          ? linkButton({
              id: 'cost-as-table',
              label: text(ui.viewAsTable ? 'page.cost.asChart' : 'page.cost.asTable'),
              onClick: () => {
                actions.change({ viewAsTable: !ui.viewAsTable });
              },
            })
          : nothing
      }
    </div>
    ${ui.viewAsTable ? stepsTable(context, curves.machines) : monthChart(context, section, curves)}
    ${ui.viewAsTable ? nothing : latencyChart(context, section, curves)}
  </div>`;
}

type Curves = NonNullable<CostSection['curves']>;

function boxFor(context: Context, height: number, beside: number): PlotBox {
  const room = context.narrow ? context.width : context.width - ASIDE_WIDTH;
  const box = plotBox(room, height, 56);
  return { ...box, right: box.right - (context.narrow ? 0 : beside) };
}

function monthChart(context: Context, section: CostSection, curves: Curves): TemplateResult {
  const { text } = context;
  const mostRate = curves.rates.at(-1) ?? 1;
  const mostUsd = Math.max(...curves.machines.map((machine) => dollarsAt(machine, mostRate, 0)), 1) * 1.08;
  const box = boxFor(context, 260, LABELS_WIDTH);
  const scale: Scale = {
    box,
    x: (rate) => across(box, mostRate)(Math.min(rate, mostRate)),
    y: (dollars) => upwards(box, mostUsd)(Math.min(dollars, mostUsd)),
  };
  const rate = section.assumptions.rate ?? 0;
  const shown = answerOption(section);
  const name = text('page.cost.chart.monthName', {
    count: curves.machines.length,
    rate: rateText(rate),
    instance: shown?.instance ?? '',
    month: shown?.usdPerMonth == null ? rangeText(shown?.ranges?.usdPerMonth, usd) : usd(shown.usdPerMonth),
  });
  return plot({
    box,
    label: name,
    y: { title: '', ticks: ticks(mostUsd, 5).map((value) => ({ at: scale.y(value), label: usd(value) })) },
    x: rateAxis(context, mostRate, scale),
    marks: [
      ...[...curves.machines].reverse().map((machine) => machineSteps(machine, scale, mostRate)),
      upright(box, scale.x(rate), text('page.cost.chart.yours', { rate: rateText(rate) })),
      context.narrow ? nothing : labels(context, curves.machines, scale, mostRate),
    ],
  });
}

const rateAxis = ({ text }: Context, mostRate: number, { x }: Scale): Axis => ({
  title: text('page.cost.chart.rate'),
  ticks: ticks(mostRate, 5).map((value) => ({ at: x(value), label: rateText(value) })),
});

/** Dollars at a rate: 0 at worst, 1 at best. */
function dollarsAt({ steps }: CostCurve, rate: number, side: 0 | 1): number {
  return (steps.find(({ upToRate }) => upToRate[side] >= rate) ?? steps.at(-1))?.usdPerMonth ?? 0;
}

/** Corners of the stairs, from no traffic to the last rate. */
function stairs({ steps }: CostCurve, side: 0 | 1, mostRate: number): [rate: number, dollars: number][] {
  const points: [number, number][] = [];
  let from = 0;
  for (const { usdPerMonth, upToRate } of steps) {
    const to = Math.min(mostRate, upToRate[side]);
    if (to < from) continue;
    points.push([from, usdPerMonth], [to, usdPerMonth]);
    from = to;
    if (to >= mostRate) break;
  }
  return points;
}

function machineSteps(machine: CostCurve, { x, y }: Scale, mostRate: number): TemplateResult<2> {
  const path = (points: readonly [number, number][]): string =>
    corners(points.map(([rate, dollars]) => [x(rate), y(dollars)]));
  const worst = stairs(machine, 0, mostRate);
  if (machine.basis === 'projected') {
    const best = stairs(machine, 1, mostRate);
    return svg`<polygon class="cost-band" points=${path([...best, ...worst.reverse()])}></polygon>`;
  }
  let from = 0;
  let labelledTo = -Infinity;
  return svg`<polyline class="cost-line" points=${path(worst)}></polyline>
    ${machine.steps.flatMap(({ replicas, usdPerMonth, upToRate }) => {
      const to = Math.min(mostRate, upToRate[0]);
      const middle = (x(from) + x(to)) / 2;
      const isWide = x(to) - x(from) > 16;
      from = to;
      // Counts of four digits are wider than their steps: then not every step has one.
      const half = (integer(replicas).length * DIGIT_WIDTH) / 2;
      const fits = isWide && middle - half > labelledTo;
      if (fits) labelledTo = middle + half + LABEL_GAP;
      return fits
        ? [svg`<text class="tick" x=${middle} y=${y(usdPerMonth) - 5} text-anchor="middle">${integer(replicas)}</text>`]
        : [];
    })}`;
}

/** At the right end of each line, one below the other. */
function labels(
  { text }: Context,
  machines: readonly CostCurve[],
  { y, box }: Scale,
  mostRate: number,
): TemplateResult<2>[] {
  const wanted = machines
    .map((machine) => ({ machine, at: y(dollarsAt(machine, mostRate, 0)) }))
    .sort((a, b) => a.at - b.at);
  let lowest = box.top;
  return wanted.map(({ machine, at }) => {
    const top = Math.max(at, lowest);
    lowest = top + 34;
    return svg`<text x=${box.right + 8} y=${top + 4}>${plainName(machine.instance)}</text>
      <text class="tick" x=${box.right + 8} y=${top + 18}>${text(`page.cost.chart.${machine.basis}`)}</text>`;
  });
}

function stepsTable({ text }: Context, machines: readonly CostCurve[]): TemplateResult {
  const columns = [
    { label: text('page.cost.head.machine') },
    { label: text('page.cost.head.count'), number: true },
    { label: text('page.cost.head.month'), number: true },
    { label: text('page.cost.chart.upTo'), number: true },
  ];
  const cells = machines.flatMap((machine) =>
    machine.steps
      .slice(0, 40)
      .map((step) => [
        plainName(machine.instance),
        integer(step.replicas),
        usd(step.usdPerMonth),
        rangeText(step.upToRate, rateText),
      ]),
  );
  return dataTable(text('page.cost.chart.month'), columns, cells);
}

function latencyChart(context: Context, section: CostSection, curves: Curves): TemplateResult | typeof nothing {
  const { text } = context;
  const [machine] = curves.machines;
  const line = machine?.percentileNs;
  const shown = section.options.find(({ instance }) => instance === machine?.instance);
  const idle = line?.[0]?.[1];
  if (!machine || !line || !shown || idle === undefined) return nothing;
  const { targetMs, percentile } = section.assumptions;
  const mostNs = Math.max(idle * 4, (targetMs ?? 0) * 1.25e6);
  const mostRate = curves.rates.at(-1) ?? 1;
  const box = boxFor(context, 220, LABELS_WIDTH);
  const scale: Scale = {
    box,
    x: across(box, mostRate),
    y: (ns) => upwards(box, mostNs)(Math.min(ns, mostNs)),
  };
  const count = machine.replicas ? rangeText(machine.replicas, integer) : countOf(shown);
  const knee = curves.kneeRate;
  const title = text('page.cost.chart.latency', { percentile, count, instance: plainName(machine.instance) });
  const name = text('page.cost.chart.latencyName', {
    count,
    idle: duration(idle),
    knee: knee === null ? text('page.cost.chart.noKnee') : rateText(knee),
  });
  const msTicks = ticks(mostNs / 1e6, 4).map((value) => ({
    at: scale.y(value * 1e6),
    label: decimal(value, value > 0 && value < 1 ? 2 : 0),
  }));
  return html`<div class="cost-head"><h2>${title}</h2></div>
    ${plot({
      box,
      label: name,
      y: { title: 'ms', ticks: msTicks },
      x: rateAxis(context, mostRate, scale),
      marks: [
        latencyLine(machine, curves.rates, scale, mostNs),
        targetMs === null ? nothing : targetLine(context, targetMs, scale),
        knee === null ? nothing : upright(box, scale.x(knee), text('page.cost.chart.knee')),
      ],
    })}`;
}

const countOf = ({ ranges, replicas }: CostOption): string =>
  ranges ? rangeText(ranges.replicas, integer) : integer(replicas);

function latencyLine(
  { basis, percentileNs }: CostCurve,
  rates: readonly number[],
  { x, y }: Scale,
  mostNs: number,
): TemplateResult<2> {
  const within = rates.flatMap((rate, at): { rate: number; range: readonly [number, number] }[] => {
    const range = percentileNs?.[at];
    return range && range[0] <= mostNs ? [{ rate, range }] : [];
  });
  const points = (side: 0 | 1): (readonly [number, number])[] =>
    within.map(({ rate, range }) => [x(rate), y(range[side])] as const);
  return basis === 'projected'
    ? svg`<polygon class="cost-band" points=${corners([...points(0), ...points(1).reverse()])}></polygon>`
    : svg`<polyline class="cost-line" points=${corners(points(1))}></polyline>`;
}

function targetLine({ text }: Context, targetMs: number, { box, y }: Scale): TemplateResult<2> {
  const at = y(targetMs * 1e6);
  return svg`<line class="cost-target" x1=${box.left} x2=${box.right} y1=${at} y2=${at}></line>
    <text class="tick strong" x=${box.left + 6} y=${at - 5}>${text('page.cost.chart.target', { time: duration(targetMs * 1e6) })}</text>`;
}
