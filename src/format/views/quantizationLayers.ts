/** Layers of a trial: figures of each alone, the verdict on it and the reason. */

import type { OperatorSummary, QuantizationLayer, QuantizationPlan, QuantizationTrial } from '../../protocol/report.js';
import type { Text } from '../text/text.js';
import { duration } from '../units.js';
import { layerShape } from './layerShape.js';
import { plainName } from './names.js';
import { operatorName, type ScenarioIndex } from './scenarioIndex.js';

export type LayerVerdict = 'quantize' | 'keepFloat' | 'notSupported' | 'faster' | 'slower' | 'same';

export interface LayerRow {
  layer: QuantizationLayer;
  operator: OperatorSummary | null;
  name: string;
  opType: string;
  /** `3 × 3, 96 → 24`, `depthwise 3 × 3, 16`, `768 → 3072`. */
  shape: string;
  floatNs: number | null;
  /** In integers, without conversions where that is known. */
  int8Ns: number | null;
  /** Float by int8: above 1 is faster. */
  factor: number | null;
  savedNs: number | null;
  /** At the model's outputs, it alone quantized. */
  sqnrDb: number | null;
  verdict: LayerVerdict;
  reason: string;
}

export type LayerSort = 'saved' | 'name' | 'float' | 'int8' | 'factor' | 'sqnr' | 'verdict';
export const LAYER_SORTS: readonly LayerSort[] = ['saved', 'name', 'float', 'int8', 'factor', 'sqnr', 'verdict'];

export interface LayerContext {
  index: ScenarioIndex;
  /** The one whose verdicts are shown; null: what the trial said. */
  plan: QuantizationPlan | null;
  synthetic: boolean;
  /** No plan keeps another target than the trial had, in dB: every layer stays in float. */
  missedDb: number | null;
  text: Text;
}

/** Between these factors int8 makes no difference to a layer. */
const SAME = [0.95, 1.05] as const;

interface LayerTimes {
  floatNs: number | null;
  int8Ns: number | null;
  factor: number | null;
  savedNs: number | null;
}

export function layerRow(layer: QuantizationLayer, context: LayerContext): LayerRow {
  const { index, plan, text } = context;
  const operator = index.operators.get(layer.operatorId) ?? null;
  const assigned = plan?.assignments.find(({ operatorId }) => operatorId === layer.operatorId) ?? null;
  const trial = trialFor(layer, (assigned ?? plan?.assignments[0])?.method ?? null);
  const times = timesOf(trial);
  const verdict = verdictFor(layer, times.factor, assigned !== null, context);
  return {
    layer,
    operator,
    name: plainName(operator ? operatorName(index, operator) : layer.operatorId),
    opType: operator?.opType ?? '',
    shape: operator ? layerShape(index, operator, text) : '',
    ...times,
    sqnrDb: trial?.sqnrDb ?? null,
    verdict,
    reason: reasonFor(layer, verdict, times, context),
  };
}

const trialFor = ({ trials }: QuantizationLayer, method: string | null): QuantizationTrial | null =>
  trials.find((trial) => trial.method === method) ?? trials[0] ?? null;

function timesOf(trial: QuantizationTrial | null): LayerTimes {
  const floatNs = trial?.floatNs ?? null;
  const int8Ns = trial?.kernelNs ?? trial?.candidateNs ?? null;
  if (floatNs === null || int8Ns === null) return { floatNs, int8Ns, factor: null, savedNs: null };
  return { floatNs, int8Ns, factor: int8Ns > 0 ? floatNs / int8Ns : null, savedNs: floatNs - int8Ns };
}

function verdictFor(
  layer: QuantizationLayer,
  factor: number | null,
  assigned: boolean,
  { plan, synthetic, missedDb }: LayerContext,
): LayerVerdict {
  if (layer.verdict === 'notSupported' || layer.trials.length === 0) return 'notSupported';
  if (synthetic) return speedVerdict(factor);
  if (plan === null) return missedDb === null ? layer.verdict : 'keepFloat';
  return assigned ? 'quantize' : 'keepFloat';
}

function speedVerdict(factor: number | null): LayerVerdict {
  if (factor === null || (factor >= SAME[0] && factor <= SAME[1])) return 'same';
  return factor > 1 ? 'faster' : 'slower';
}

/** The engine's, where it is of the plan that is shown; what the figures say, where it is of another. */
function reasonFor(
  layer: QuantizationLayer,
  verdict: LayerVerdict,
  { savedNs }: LayerTimes,
  context: LayerContext,
): string {
  const { text } = context;
  const told = text.message(layer.reason);
  const slower = (): string => text('page.quant.reason.slower', { time: duration(-(savedNs ?? 0)) });
  switch (verdict) {
    case 'notSupported':
      return told;
    case 'faster':
      return text('page.quant.reason.unknown');
    case 'same':
      return text('page.quant.reason.same');
    case 'slower':
      return layer.verdict === 'keepFloat' ? told : slower();
    case 'quantize':
      if (savedNs !== null && savedNs > 0) return text('page.quant.reason.saves', { time: duration(savedNs) });
      return layer.verdict === 'quantize' || savedNs === null ? told : slower();
    case 'keepFloat':
      return layer.verdict === 'keepFloat' ? told : leftOut(context);
  }
}

/** A layer that the trial would quantize, in a plan that does not. */
const leftOut = ({ plan, missedDb, text }: LayerContext): string =>
  plan === null && missedDb !== null
    ? text('page.quant.reason.target', { target: missedDb })
    : text('page.quant.reason.left');

const VERDICT_ORDER: readonly LayerVerdict[] = ['quantize', 'faster', 'same', 'keepFloat', 'slower', 'notSupported'];

const valueOf = (row: LayerRow, sort: Exclude<LayerSort, 'name'>): number | null => {
  switch (sort) {
    case 'saved':
      return row.savedNs;
    case 'float':
      return row.floatNs;
    case 'int8':
      return row.int8Ns;
    case 'factor':
      return row.factor;
    case 'sqnr':
      return row.sqnrDb;
    case 'verdict':
      return -VERDICT_ORDER.indexOf(row.verdict);
  }
};

/** What has no figure stands last, whichever way. */
export function sortLayers(rows: readonly LayerRow[], sort: LayerSort, descending: boolean): LayerRow[] {
  const sign = descending ? -1 : 1;
  const byName = (a: LayerRow, b: LayerRow): number => a.name.localeCompare(b.name, 'en', { numeric: true });
  if (sort === 'name') return [...rows].sort((a, b) => sign * byName(a, b));
  return [...rows].sort((a, b) => {
    const [one, other] = [valueOf(a, sort), valueOf(b, sort)];
    if (one === null || other === null) return (one === null ? 1 : 0) - (other === null ? 1 : 0) || byName(a, b);
    return sign * (one - other) || byName(a, b);
  });
}

/** `31 quantize · 31 keep in float · 2 not supported`; kinds without layers are left out. */
export function countLayers(rows: readonly LayerRow[], text: Text): string {
  return VERDICT_ORDER.flatMap((verdict) => {
    const count = rows.filter((row) => row.verdict === verdict).length;
    return count === 0 ? [] : [text(`page.quant.count.${verdict}`, { count })];
  }).join(' · ');
}
