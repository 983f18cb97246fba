/** Scenarios beside each other: along a dimension, by phase, by provider, by data. */

import type { DataSensitivity, ProviderComparison, ProviderPartition } from '../../protocol/comparison.js';
import type { Report, Scenario } from '../../protocol/report.js';
import type { Text } from '../text/text.js';
import { bytes, decimal, duration, durationWithError, integer } from '../units.js';
import { providerName } from './headline.js';
import { latencyView } from './latency.js';
import { plainName, shortenMiddle } from './names.js';
import { richText, type RichText } from './richText.js';
import type { CurveView } from './scenarioCurve.js';
import { indexScenario, type ScenarioIndex } from './scenarioIndex.js';

const factor = (value: number): string => decimal(value, value < 10 ? 1 : 0);

/** What one more token adds to a decoder's cache, from the file's checks; null where it has none. */
export function cacheBytesPerToken(report: Report): number | null {
  const check = report.model.checks.find((one) => one.code === 'checks.cache');
  const found = check?.params['bytesPerToken'];
  return typeof found === 'number' ? found : null;
}

/** How latency grows from the smallest to the largest value of the one dimension that differs; or token by token. */
export function curveSentence(report: Report, curve: CurveView, text: Text): RichText {
  if (curve.phasesDiffer) return phasesSentence(report, curve, text);
  const known = curve.points
    .map((point) => ({ value: point.values[0] ?? null, medianNs: point.medianNs }))
    .filter((one): one is { value: number; medianNs: number } => one.value !== null && one.medianNs !== null)
    .sort((a, b) => a.value - b.value);
  const [first, last] = [known[0], known[known.length - 1]];
  if (curve.dimensions.length !== 1 || !first || !last || first.value >= last.value || first.value <= 0)
    return richText(text, 'page.curve.several', { count: integer(curve.points.length) });
  return richText(text, 'page.curve.sentence', {
    dimension: shortenMiddle(curve.dimensions[0] ?? '', 40),
    low: integer(first.value),
    high: integer(last.value),
    values: factor(last.value / first.value),
    times: factor(last.medianNs / first.medianNs),
  });
}

function phasesSentence(report: Report, { points }: CurveView, text: Text): RichText {
  const decode = points.find(({ scenario }) => scenario.phase === 'decode');
  const prefill = points.find(({ scenario }) => scenario.phase === 'prefill');
  const cache = cacheBytesPerToken(report);
  return richText(text, cache === null ? 'page.curve.phases' : 'page.curve.phasesCache', {
    decode: decode ? duration(decode.perItemNs ?? decode.medianNs) : text('page.notMeasured'),
    prefill: prefill ? duration(prefill.medianNs) : text('page.notMeasured'),
    each: prefill ? duration(prefill.perItemNs) : text('page.notMeasured'),
    cache: bytes(cache),
  });
}

export interface ProviderRow {
  scenario: Scenario;
  name: string;
  /** `43.1 ms ± 0.6`, or in words that it was not measured. */
  latency: string;
  medianNs: number | null;
  /** How many times as fast as the first; null for that one and where one of both is not known. */
  speedup: number | null;
  partitions: readonly ProviderPartition[];
  fellBack: { operator: string; title: string }[];
  differences: { output: string; error: string; sqnr: string; cosine: string }[];
  /** What the run had to say: why it was not measured, what its figures leave out. */
  notes: string[];
}

const MOST_LISTED = 200;

/** Of the scenarios that differ from the shown one in nothing but the provider; empty where there are none. */
export function providerRows(index: ScenarioIndex, text: Text): ProviderRow[] {
  const { report, scenario } = index;
  const key = (one: Scenario): string =>
    JSON.stringify([one.phase, one.dimensions.map(({ name, value }) => [name, value])]);
  const group = report.scenarios.filter((one) => key(one) === key(scenario));
  if (new Set(group.map(({ run }) => run.provider)).size < 2) return [];
  const baselineId = group.find((one) => one.providerComparison)?.providerComparison?.baselineScenarioId;
  const base = group.find(({ id }) => id === baselineId) ?? group[0];
  const rows = group.map((one) => providerRow(index, one, base?.latency?.medianNs ?? null, text));
  return rows.sort((a, b) => Number(b.scenario === base) - Number(a.scenario === base));
}

function providerRow(index: ScenarioIndex, scenario: Scenario, baseNs: number | null, text: Text): ProviderRow {
  const own = indexScenario(index.report, scenario.id);
  const latency = own && latencyView(own);
  const compared = scenario.providerComparison ?? null;
  const medianNs = latency?.medianNs ?? null;
  const comparable = compared !== null && baseNs !== null && medianNs !== null && medianNs > 0;
  return {
    scenario,
    name: providerName(scenario.run.provider, text),
    latency: latency ? durationWithError(latency.medianNs, latency.errorNs) : text('page.notMeasured'),
    medianNs,
    speedup: comparable ? baseNs / medianNs : null,
    partitions: compared?.partitions ?? [],
    ...(compared ? comparedParts(index, compared, text) : { fellBack: [], differences: [] }),
    notes: compared || medianNs === null ? scenario.warnings.slice(0, 20).map((one) => text.message(one)) : [],
  };
}

function comparedParts(
  index: ScenarioIndex,
  compared: ProviderComparison,
  text: Text,
): Pick<ProviderRow, 'fellBack' | 'differences'> {
  return {
    fellBack: compared.fallbackOperatorIds.slice(0, MOST_LISTED).map((id) => {
      const operator = index.operators.get(id);
      return { operator: plainName(operator?.opType ?? id), title: plainName(operator?.name ?? id) };
    }),
    differences: compared.outputDifference.slice(0, MOST_LISTED).map((one) => ({
      output: plainName(one.output),
      error:
        one.maxAbsoluteError === null
          ? text('scenario.difference.notComparable')
          : errorText(one.maxAbsoluteError, text),
      sqnr: decimal(one.sqnrDb, 1),
      cosine: decimal(one.cosine, 6),
    })),
  };
}

const errorText = (error: number, text: Text): string =>
  error === 0 ? text('scenario.difference.none') : error.toExponential(1);

/** The fastest provider against the first; in words where intervals overlap. */
export function providersSentence(rows: readonly ProviderRow[], text: Text): RichText {
  const measured = rows.filter((row) => row.medianNs !== null);
  const first = rows[0];
  const fastest = measured.reduce<ProviderRow | null>(
    (best, row) => (best === null || (row.medianNs ?? 0) < (best.medianNs ?? 0) ? row : best),
    null,
  );
  if (!first || !fastest || measured.length < 2) return richText(text, 'page.providers.notMeasured');
  if (fastest === first)
    return richText(text, 'page.providers.firstIsFastest', { provider: first.name, latency: first.latency });
  const code = overlap(first.scenario, fastest.scenario) ? 'page.providers.equal' : 'page.providers.sentence';
  return richText(text, code, {
    provider: fastest.name,
    latency: fastest.latency,
    first: first.name,
    factor: decimal(fastest.speedup, 2),
  });
}

function overlap(a: Scenario, b: Scenario): boolean {
  if (!a.latency || !b.latency) return true;
  const [lowA, highA] = a.latency.confidenceNs;
  const [lowB, highB] = b.latency.confidenceNs;
  return lowA <= highB && lowB <= highA;
}

export interface DataRow {
  kind: DataSensitivity['kind'];
  label: string;
  latency: string;
  /** Against the scenario's own inputs; null where those were not measured beside. */
  ratio: number | null;
  /** Its interval and that of the normal inputs do not meet; null where one of them has none. */
  apart: boolean | null;
}

/** Latency with other values in the inputs; empty unless it was asked for. */
export function dataRows({ scenario }: ScenarioIndex, text: Text): DataRow[] {
  const measured = scenario.dataSensitivity ?? [];
  const normal = measured.find(({ kind }) => kind === 'normal') ?? scenario.latency;
  return measured.map(({ kind, medianNs, confidenceNs: [low, high] }) => ({
    kind,
    label: text(`scenario.kind.${kind}`),
    // One run has no interval.
    latency: durationWithError(medianNs, high > low ? (high - low) / 2 : null),
    ratio: normal && normal.medianNs > 0 && kind !== 'normal' ? medianNs / normal.medianNs : null,
    apart:
      normal && high > low && normal.confidenceNs[1] > normal.confidenceNs[0] ? low > normal.confidenceNs[1] : null,
  }));
}

export function dataSentence(rows: readonly DataRow[], text: Text): RichText {
  const slowest = rows.reduce<DataRow | null>(
    (worst, row) => (row.ratio !== null && row.ratio > (worst?.ratio ?? 0) ? row : worst),
    null,
  );
  if (slowest?.ratio == null) return richText(text, 'page.data.none');
  if (slowest.apart === null) return richText(text, 'page.data.unsure');
  return richText(text, slowest.apart && slowest.ratio > 1.1 ? 'page.data.depends' : 'page.data.same', {
    kind: slowest.label,
    ratio: decimal(slowest.ratio, 2),
  });
}
