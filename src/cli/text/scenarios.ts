/** Tables over the scenarios of a report: latency against dimensions, providers against the CPU, kinds of data. */

import { providerLabel } from '../../format/providerNames.js';
import type { TextCode } from '../../format/text/catalogue.js';
import { decimal, duration, integer, percent } from '../../format/units.js';
import { plainName } from '../../format/views/names.js';
import { curveView, type CurvePoint, type CurveView } from '../../format/views/scenarioCurve.js';
import type { OutputDifference } from '../../protocol/comparison.js';
import type { Report, Scenario } from '../../protocol/report.js';
import type { Terminal } from '../terminal.js';
import { section, table, type Column } from './table.js';

type TextOf = Terminal['text'];
interface Cell {
  column: Column;
  of(point: CurvePoint): string;
}

const NONE = '–';
const time = (ns: number | null): string => (ns === null ? NONE : duration(ns));

/** One line each, where there are several: what differs, median, interval, per item, ratio to the first. */
export function curveLines(report: Report, { text }: Terminal): string[] {
  const view = curveView(report);
  if (!view) return [];
  const cells = [...differing(view, text), ...latencyCells(view, text)];
  const rows = view.points.map((point) => cells.map((cell) => cell.of(point)));
  const lines = table(
    cells.map(({ column }) => column),
    rows,
  );
  return section(text('cli.section.scenarios'), [...lines, ...budgetLine(view.points, text)]);
}

/** Columns for what makes the scenarios different ones. */
function differing(view: CurveView, text: TextOf): Cell[] {
  const cells: Cell[] = [];
  if (view.providersDiffer)
    cells.push({
      column: { heading: text('scenario.providers.provider'), align: 'left' },
      of: ({ scenario }) => plainName(providerLabel(scenario.run.provider)),
    });
  if (view.phasesDiffer)
    cells.push({
      column: { heading: text('page.scenario'), align: 'left' },
      of: ({ scenario }) => (scenario.phase === 'whole' ? NONE : text(`cli.phase.${scenario.phase}`)),
    });
  for (const [index, name] of view.dimensions.entries())
    cells.push({
      column: { heading: plainName(name), align: 'right', maximum: 32 },
      of: ({ values }) => (values[index] == null ? NONE : integer(values[index])),
    });
  return cells;
}

function latencyCells({ per }: CurveView, text: TextOf): Cell[] {
  const right = (heading: string): Column => ({ heading, align: 'right', maximum: 32 });
  const cells: Cell[] = [
    { column: right(text('cli.latency.median')), of: ({ medianNs }) => time(medianNs) },
    {
      column: right('±'),
      of: ({ errorNs, medianNs }) => (errorNs === null || !medianNs ? NONE : percent(errorNs / medianNs, 1)),
    },
  ];
  if (per) {
    const heading =
      per.kind === 'token'
        ? text('scenario.curve.perToken')
        : text('scenario.curve.per', { dimension: plainName(per.name) });
    cells.push({ column: right(heading), of: ({ perItemNs }) => time(perItemNs) });
  }
  const ratio = (point: CurvePoint): string => (point.ratio === null ? NONE : decimal(point.ratio, 2));
  return [...cells, { column: right(text('cli.column.ratio')), of: ratio }];
}

function budgetLine(points: readonly CurvePoint[], text: TextOf): string[] {
  const budgets = points.flatMap(({ scenario }) => scenario.run.budgetSeconds ?? []);
  if (budgets.length === 0) return [];
  const [low, high] = [Math.min(...budgets), Math.max(...budgets)];
  return ['', text('scenario.curve.budget', { low: decimal(low, 1), high: decimal(high, 1) })];
}

/** Of the outputs the one that is furthest off; SQNR null there means that nothing differs. */
function worst(differences: readonly OutputDifference[], text: TextOf): [error: string, sqnr: string, cosine: string] {
  if (differences.length === 0 || differences.some(({ maxAbsoluteError }) => maxAbsoluteError === null))
    return [text('scenario.difference.notComparable'), NONE, NONE];
  const largest = Math.max(...differences.map(({ maxAbsoluteError }) => maxAbsoluteError ?? 0));
  if (largest === 0) return [text('scenario.difference.none'), NONE, NONE];
  const least = (values: (number | null)[], decimals: number): string => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? NONE : decimal(Math.min(...known), decimals);
  };
  return [
    largest.toPrecision(2),
    least(
      differences.map(({ sqnrDb }) => sqnrDb),
      0,
    ),
    least(
      differences.map(({ cosine }) => cosine),
      6,
    ),
  ];
}

/** What the other providers made of the model; nothing where none were compared. */
export function providerLines({ scenarios }: Report, { text }: Terminal): string[] {
  const compared = scenarios.filter(({ providerComparison }) => providerComparison);
  if (compared.length === 0) return [];
  const rows = compared.map((scenario) => providerRow(scenario, scenarios, text));
  const heading = (code: TextCode, align: Column['align'] = 'right'): Column => ({ heading: text(code), align });
  const columns = [
    heading('page.scenario', 'left'),
    heading('cli.column.ratio'),
    heading('scenario.providers.partitions', 'left'),
    heading('scenario.providers.fellBack'),
    heading('scenario.providers.largestError'),
    heading('scenario.providers.sqnr'),
    heading('scenario.providers.cosine'),
  ];
  return section(text('scenario.providers.title'), table(columns, rows));
}

function providerRow(scenario: Scenario, scenarios: readonly Scenario[], text: TextOf): string[] {
  const { partitions, fallbackOperatorIds, outputDifference, baselineScenarioId } = scenario.providerComparison!;
  const baseline = scenarios.find(({ id }) => id === baselineScenarioId)?.latency?.medianNs ?? null;
  const own = scenario.latency?.medianNs ?? null;
  const counts = new Map<string, number>();
  for (const { provider } of partitions) counts.set(provider, (counts.get(provider) ?? 0) + 1);
  const names = [...counts].map(([provider, count]) => `${integer(count)} ${plainName(providerLabel(provider))}`);
  return [
    scenario.label,
    own === null || baseline === null || baseline <= 0 ? NONE : decimal(own / baseline, 2),
    names.join(', ') || NONE,
    text.plural('scenario.count.operators', fallbackOperatorIds.length, {
      number: integer(fallbackOperatorIds.length),
    }),
    ...worst(outputDifference, text),
  ];
}

/** One line a kind of data, where that was asked for. */
export function dataLines({ dataSensitivity }: Scenario, { text }: Terminal): string[] {
  if (!dataSensitivity || dataSensitivity.length === 0) return [];
  const normal = dataSensitivity.find(({ kind }) => kind === 'normal')?.medianNs ?? null;
  const rows = dataSensitivity.map(({ kind, medianNs, confidenceNs: [low, high] }) => [
    text(`scenario.kind.${kind}`),
    duration(medianNs),
    medianNs > 0 ? percent((high - low) / 2 / medianNs, 1) : NONE,
    normal === null || normal <= 0 ? NONE : decimal(medianNs / normal, 2),
  ]);
  const columns = [
    { heading: text('scenario.data.kind'), align: 'left' },
    { heading: text('cli.latency.median'), align: 'right' },
    { heading: '±', align: 'right' },
    { heading: text('cli.column.ratio'), align: 'right' },
  ] as const;
  return section(text('scenario.data.title'), table(columns, rows));
}
