/** Curve: latency over the dimension whose values differ, or phases beside each other. */

import { html, nothing, svg, type TemplateResult } from 'lit/html.js';
import {
  decimal,
  decimalsFor,
  duration,
  durationUnit,
  durationWithError,
  integer,
  inUnit,
} from '../../src/format/units.js';
import { curveSentence } from '../../src/format/views/comparisons.js';
import { plainName, shortenMiddle } from '../../src/format/views/names.js';
import { richText } from '../../src/format/views/richText.js';
import { curveView as viewOf, type CurvePoint, type CurveView } from '../../src/format/views/scenarioCurve.js';
import type { ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import { dataTable } from '../controls/dataTable.js';
import { across, corners, durationAxis, plot, plotBox, upwards, whisker } from '../controls/plot.js';
import type { Context } from '../context.js';
import { emptyView, viewFrame } from './viewFrame.js';

export function curveView(context: Context, index: ScenarioIndex): TemplateResult {
  const { text } = context;
  const title = text('page.tab.curve');
  const curve = viewOf(index.report);
  if (!curve) {
    const name = index.scenario.dimensions[0]?.name;
    const how =
      name === undefined
        ? null
        : text('page.curve.how', { command: `--dim ${shortenMiddle(name, 60)}=${example(index)}` });
    return emptyView(title, richText(text, 'page.curve.none'), how);
  }
  const drawn = drawnPoints(curve);
  return viewFrame(context, {
    title,
    sentence: curveSentence(index.report, curve, text),
    evidence: null,
    picture: drawn.length < 2 ? null : chart(context, curve, drawn),
    table: () => table(context, index, curve),
  });
}

function example({ scenario }: ScenarioIndex): string {
  const value = scenario.dimensions[0]?.value ?? 1;
  return `${value},${value * 2},${value * 4}`;
}

interface Drawn {
  value: number;
  medianNs: number;
  errorNs: number;
}

/** Only along one dimension, with one provider and phase: else a line would join what does not belong together. */
function drawnPoints({ points, dimensions, phasesDiffer, providersDiffer }: CurveView): Drawn[] {
  if (dimensions.length !== 1 || phasesDiffer || providersDiffer) return [];
  return points
    .flatMap(({ values: [value], medianNs, errorNs }) =>
      typeof value === 'number' && medianNs !== null ? [{ value, medianNs, errorNs: errorNs ?? 0 }] : [],
    )
    .sort((a, b) => a.value - b.value);
}

function chart({ text, width }: Context, { dimensions }: CurveView, points: readonly Drawn[]): TemplateResult {
  const box = plotBox(width, 280, 62);
  const mostNs = points.reduce((most, one) => Math.max(most, one.medianNs + one.errorNs), 1) * 1.05;
  const most = points[points.length - 1]?.value ?? 1;
  const atX = across(box, most * 1.03);
  const atY = upwards(box, mostNs);
  const dimension = shortenMiddle(dimensions[0] ?? '', 40);
  return plot({
    box,
    label: text('page.curve.chart', {
      dimension,
      count: integer(points.length),
      low: duration(points[0]!.medianNs),
      high: duration(points[points.length - 1]!.medianNs),
    }),
    y: durationAxis(mostNs, 5, atY),
    x: { title: dimension, ticks: points.map(({ value }) => ({ at: atX(value), label: integer(value) })) },
    marks: svg`<polyline class="curve" points=${corners(points.map((one) => [atX(one.value), atY(one.medianNs)]))}></polyline>
      ${points.map(
        ({ value, medianNs, errorNs }) =>
          svg`${whisker(atX(value), atY(medianNs + errorNs), atY(Math.max(0, medianNs - errorNs)))}
            <circle class="mark svg-compute" cx=${atX(value)} cy=${atY(medianNs)} r="4"
              ><title>${`${integer(value)}: ${durationWithError(medianNs, errorNs)}`}</title></circle>`,
      )}`,
  });
}

function table(context: Context, index: ScenarioIndex, curve: CurveView): TemplateResult {
  const { text } = context;
  const longest = curve.points.reduce((most, point) => Math.max(most, point.medianNs ?? 0), 0);
  const unit = durationUnit(longest);
  const decimals = Math.max(1, decimalsFor(longest / unit.scale));
  const columns = [
    { label: text('page.curve.scenario') },
    ...(curve.phasesDiffer ? [{ label: text('page.curve.phase') }] : []),
    ...curve.dimensions.slice(0, 4).map((name) => ({ label: shortenMiddle(name, 24), number: true })),
    { label: text('page.curve.median', { unit: unit.label }), number: true },
    ...(curve.per ? [{ label: perLabel(context, curve.per), number: true }] : []),
    { label: text('page.curve.ratio'), number: true, wide: true },
  ];
  const cells = curve.points
    .slice(0, 200)
    .map((point) => [
      scenarioLink(context, index, point),
      ...(curve.phasesDiffer ? [text(`page.phaseOf.${point.scenario.phase}`)] : []),
      ...point.values.slice(0, 4).map((value) => integer(value)),
      median(point, (ns) => inUnit(ns, unit, decimals), text('page.notMeasured')),
      ...(curve.per ? [duration(point.perItemNs)] : []),
      point.ratio === null ? '–' : `${decimal(point.ratio, 2)} ×`,
    ]);
  return dataTable(text('page.tab.curve'), columns, cells);
}

const perLabel = ({ text }: Context, per: NonNullable<CurveView['per']>): string =>
  per.kind === 'token'
    ? text('scenario.curve.perToken')
    : text('scenario.curve.per', { dimension: shortenMiddle(per.name, 24) });

const median = (
  { medianNs, errorNs }: CurvePoint,
  figure: (ns: number) => string,
  none: string,
): string | TemplateResult =>
  medianNs === null
    ? none
    : html`${figure(medianNs)} ${errorNs === null ? nothing : html`<span class="error-of">± ${figure(errorNs)}</span>`}`;

/** Chooses the scenario that all views show. */
function scenarioLink({ actions, text }: Context, index: ScenarioIndex, { scenario }: CurvePoint): TemplateResult {
  const label = plainName(scenario.label) || scenario.id;
  return html`<button
      type="button"
      class="link kernel-link"
      title=${label}
      data-roving-item
      @click=${() => {
        actions.change({ scenarioId: scenario.id, expanded: [], module: null });
      }}
    >
      ${shortenMiddle(label, 60)}
    </button>
    ${scenario.id === index.scenario.id ? html`<span class="tab-note">${text('page.curve.shown')}</span>` : nothing}`;
}
