/** Several scenarios of one report beside each other: what differs between them, and what it does to latency. */

import type { BoundDimension, InputSummary, Report, Scenario } from '../../protocol/report.js';
import { latencyView } from './latency.js';
import { indexScenario } from './scenarioIndex.js';

export interface CurvePoint {
  scenario: Scenario;
  /** Of `CurveView.dimensions`, in their order; null where this scenario does not have it. */
  values: (number | null)[];
  /** null while it is not measured. */
  medianNs: number | null;
  /** Half width of the 95 % interval; null while there is none. */
  errorNs: number | null;
  /** Median for one of what `CurveView.per` counts. */
  perItemNs: number | null;
  /** Against the first scenario that was measured. */
  ratio: number | null;
}

export interface CurveView {
  points: CurvePoint[];
  /** Names of the dimensions whose values differ. */
  dimensions: string[];
  phasesDiffer: boolean;
  providersDiffer: boolean;
  /** What latency is divided by: new tokens, or the one dimension that differs; null where neither applies. */
  per: { kind: 'token' } | { kind: 'dimension'; name: string } | null;
}

const differ = (values: readonly (string | number | null)[]): boolean => new Set(values).size > 1;

const valueOf = (dimensions: readonly BoundDimension[], name: string): number | null =>
  dimensions.find((dimension) => dimension.name === name)?.value ?? null;

/** Elements of the input with token ids: what a call of a decoder reads anew. */
function tokensOf(inputs: readonly InputSummary[]): number | null {
  const ids = inputs.find(({ name }) => /(^|_)(input_ids|tokens|decoder_input_ids)$/i.test(name));
  return ids ? ids.shape.reduce((product, dim) => product * dim, 1) : null;
}

/** null for a report with fewer than two scenarios. */
export function curveView(report: Report): CurveView | null {
  const { scenarios } = report;
  if (scenarios.length < 2) return null;
  const names = [...new Set(scenarios.flatMap(({ dimensions }) => dimensions.map(({ name }) => name)))];
  const dimensions = names.filter((name) => differ(scenarios.map((scenario) => valueOf(scenario.dimensions, name))));
  // Those that follow from others say nothing new.
  const chosen = dimensions.filter(
    (name) => !scenarios.every((one) => one.dimensions.find((each) => each.name === name)?.source === 'expression'),
  );
  const shown = chosen.length > 0 ? chosen : dimensions;
  const phasesDiffer = differ(scenarios.map(({ phase }) => phase));
  const only = shown.length === 1 ? (shown[0] ?? null) : null;
  const per: CurveView['per'] = phasesDiffer
    ? { kind: 'token' }
    : only === null
      ? null
      : { kind: 'dimension', name: only };
  const first = scenarios.find(({ latency }) => latency !== null)?.latency?.medianNs ?? null;
  return {
    points: scenarios.map((scenario) => pointOf(report, scenario, shown, per, first)),
    dimensions: shown,
    phasesDiffer,
    providersDiffer: differ(scenarios.map(({ run }) => run.provider)),
    per,
  };
}

function pointOf(
  report: Report,
  scenario: Scenario,
  names: readonly string[],
  per: CurveView['per'],
  firstNs: number | null,
): CurvePoint {
  const index = indexScenario(report, scenario.id);
  const latency = index && latencyView(index);
  const medianNs = latency?.medianNs ?? null;
  const items =
    per === null ? null : per.kind === 'token' ? tokensOf(scenario.inputs) : valueOf(scenario.dimensions, per.name);
  return {
    scenario,
    values: names.map((name) => valueOf(scenario.dimensions, name)),
    medianNs,
    errorNs: latency?.errorNs ?? null,
    perItemNs: medianNs !== null && items !== null && items > 0 ? medianNs / items : null,
    ratio: medianNs !== null && firstNs !== null && firstNs > 0 ? medianNs / firstNs : null,
  };
}
