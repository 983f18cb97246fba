/** The verdict on each layer and on the model, as codes with their figures. */

import { cannotBeQuantized, LEAST_SPEEDUP, recommendationOf } from '../../format/views/recommendation.js';
import type { QuantizationLayer, QuantizationPlan, QuantizationTrial } from '../../protocol/report.js';
import type { Message } from '../../protocol/text.js';
import type { CpuForInt8 } from './cpu.js';
import { sqnrOf } from './accuracy.js';
import type { LayerFigures } from './search.js';
import type { Sensitivity } from './sensitivity.js';
import type { LayerMethod, RefusedLayer } from './types.js';

const rounded = (value: number, decimals = 1): number => Number(value.toFixed(decimals));
/** With its decimal, also where that is zero: figures of one column are of one precision. */
const decibels = (sqnrDb: number): string => sqnrDb.toFixed(1);

export interface LayerEvidence {
  operatorId: string;
  figures: ReadonlyMap<LayerMethod, LayerFigures>;
  /** What each method does to it alone. */
  sensitivities: ReadonlyMap<LayerMethod, Sensitivity>;
  /** In the plan that is recommended, or that would be on speed alone. */
  chosen: boolean;
}

export interface VerdictContext {
  cpu: CpuForInt8;
  targetDb: number;
  synthetic: boolean;
  opset: number;
  /** The method that the chosen plan has for its layers. */
  method: LayerMethod;
}

export function layerVerdict(evidence: LayerEvidence, context: VerdictContext): QuantizationLayer {
  const { operatorId, figures, sensitivities } = evidence;
  const trials = [...figures].map(([method, figure]): QuantizationTrial => {
    const { quantizeNs, kernelNs, dequantizeNs } = figure.integer;
    const known = context.synthetic ? undefined : sensitivities.get(method);
    return {
      method,
      floatNs: figure.floatNs,
      candidateNs: quantizeNs + kernelNs + dequantizeNs,
      kernelNs,
      sqnrDb: context.synthetic ? null : sqnrOf(figure.noise.values()),
      cosine: known?.model.cosine ?? null,
      layerSqnrDb: known?.layer.sqnrDb ?? null,
      layerCosine: known?.layer.cosine ?? null,
    };
  });
  const nearlyZero = !context.synthetic && [...sensitivities.values()].some(({ layer }) => layer.nearlyZero);
  const figure = figures.get(context.method) ?? [...figures.values()][0];
  if (!figure) return { operatorId, trials, ...untried(context.opset) };
  const reason = reasonOf(figure, evidence.chosen, context);
  const verdict = evidence.chosen ? 'quantize' : 'keepFloat';
  return { operatorId, trials, verdict, reason, ...(nearlyZero ? { nearlyZero } : {}) };
}

/** The operator set has no method for the layer; else a stop came before it, or nobody asked. */
const untried = (opset: number): Pick<QuantizationLayer, 'verdict' | 'reason'> =>
  opset < 11
    ? { verdict: 'notSupported', reason: { code: 'quantization.reason.opset', params: { opset } } }
    : { verdict: 'keepFloat', reason: { code: 'quantization.reason.untried', params: {} } };

function reasonOf(figure: LayerFigures, chosen: boolean, { cpu, targetDb, synthetic }: VerdictContext): Message {
  const { layer, floatNs, integer } = figure;
  const sqnrDb = synthetic ? null : sqnrOf(figure.noise.values());
  const ratio = rounded(floatNs / Math.max(1, integer.kernelNs), 2);
  const message = (code: string, params: Message['params'] = {}): Message => ({
    code: `quantization.reason.${code}`,
    params,
  });
  const times = rounded(integer.kernelNs / Math.max(1, floatNs), 1);
  if (chosen && integer.kernelNs >= floatNs)
    return times > 1 ? message('withNeighbours', { times }) : message('withNeighboursAsLong');
  if (chosen)
    return sqnrDb === null ? message('faster', { ratio }) : message('fasterAccurate', { ratio, db: decibels(sqnrDb) });
  if (integer.kernelNs >= floatNs) {
    if (times <= 1) return message('asLong');
    if (!cpu.hasUnit) return message('noInt8Unit', { times });
    if (layer.depthwise) return message('depthwise', { times });
    if (layer.imageChannels !== null) return message('firstConv', { times, channels: layer.imageChannels });
    return message('slower', { times });
  }
  if (sqnrDb !== null && sqnrDb < targetDb + 10) return message('sensitive', { db: decibels(sqnrDb) });
  return sqnrDb === null ? message('conversions') : message('littleGain', { db: decibels(sqnrDb) });
}

export const refusedVerdict = ({ operatorId, reason }: RefusedLayer): QuantizationLayer => ({
  operatorId,
  trials: [],
  verdict: 'notSupported',
  reason,
});

/** The plan that is recommended; null: do not quantize. Never one on synthetic inputs. */
export function recommend(
  plans: readonly QuantizationPlan[],
  targetDb: number,
  synthetic: boolean,
): QuantizationPlan | null {
  return synthetic ? null : (recommendationOf(plans, targetDb)?.plan ?? null);
}

/** The fastest for certain, whatever its accuracy. */
export function fastest(plans: readonly QuantizationPlan[]): QuantizationPlan | null {
  const measured = plans.filter((plan) => plan.measured !== null);
  return measured.reduce<QuantizationPlan | null>(
    (best, plan) => (!best || plan.measured!.speedup > best.measured!.speedup ? plan : best),
    null,
  );
}

/** Faster for certain, by enough for a model of its own. */
const isWorthIt = ({ measured }: QuantizationPlan): boolean => (measured?.speedupInterval[0] ?? 0) >= LEAST_SPEEDUP;

/**
 * The plan by which layers are judged: the recommended one; on synthetic inputs, which recommend nothing, the fastest if
 * it is worth it. null: each layer on its own figures.
 */
export function decisivePlan(
  plans: readonly QuantizationPlan[],
  recommended: QuantizationPlan | null,
  synthetic: boolean,
): QuantizationPlan | null {
  const quickest = synthetic ? fastest(plans) : null;
  return recommended ?? (quickest && isWorthIt(quickest) ? quickest : null);
}

export interface ExplanationParts {
  plans: readonly QuantizationPlan[];
  recommended: QuantizationPlan | null;
  layers: readonly QuantizationLayer[];
  targetDb: number;
  synthetic: boolean;
  cpu: CpuForInt8;
  opset: number;
  fileBytes: number;
  silent: readonly string[];
}

/** The sentence for the whole model first, then what must be known with it. */
export function explain(parts: ExplanationParts): Message[] {
  const { recommended, silent, cpu } = parts;
  const messages: Message[] = [recommended ? recommendation(recommended, parts) : noRecommendation(parts)];
  const depthwise = parts.layers.filter(({ reason }) => reason.code === 'quantization.reason.depthwise').length;
  const note = (code: string, params: Message['params'] = {}): void => {
    messages.push({ code: `quantization.note.${code}`, params });
  };
  const quickest = recommended && recommendationOf(parts.plans, parts.targetDb)?.quickest;
  if (quickest) note('moreAccurate', asQuick(recommended, quickest));
  if (!cpu.hasUnit) note('noInt8Unit');
  if (parts.opset < 10) note('opset', { opset: parts.opset });
  if (depthwise > 0) note(depthwise === 1 ? 'depthwise.one' : 'depthwise', { count: depthwise });
  const sensitive = parts.layers.filter(({ reason }) => reason.code === 'quantization.reason.sensitive').length;
  if (sensitive > 0) note(sensitive === 1 ? 'sensitive.one' : 'sensitive', { count: sensitive });
  if (parts.synthetic) note('synthetic');
  for (const output of silent) note('silentOutput', { output });
  return messages;
}

function recommendation({ measured }: QuantizationPlan, parts: ExplanationParts): Message {
  const { speedup, speedupInterval, sqnrDb, answers, fileBytes } = measured!;
  const params = {
    speedup: rounded(speedup, 2),
    low: rounded(speedupInterval[0], 2),
    high: rounded(speedupInterval[1], 2),
    db: decibels(sqnrDb ?? 0),
    size: Math.round((100 * fileBytes) / Math.max(1, parts.fileBytes)),
  };
  if (!answers) return { code: 'quantization.verdict.quantize', params };
  const { same, items } = answers;
  return { code: 'quantization.verdict.quantizeAgreeing', params: { ...params, same, items } };
}

const asQuick = (
  { measured }: QuantizationPlan,
  { measured: quickest }: QuantizationPlan,
): { speedup: number; db: string; otherDb: string } => ({
  db: decibels(measured?.sqnrDb ?? 0),
  speedup: rounded(quickest?.speedup ?? 1, 2),
  otherDb: decibels(quickest?.sqnrDb ?? 0),
});

function noRecommendation({ plans, layers, targetDb, synthetic }: ExplanationParts): Message {
  const quick = fastest(plans);
  if (layers.length === 0 || (!quick && cannotBeQuantized(layers)))
    return { code: 'quantization.verdict.noLayers', params: {} };
  if (!quick) return { code: 'quantization.verdict.nothingTried', params: {} };
  const speedup = rounded(quick.measured?.speedup ?? 1, 2);
  if (!isWorthIt(quick)) return { code: 'quantization.verdict.notFaster', params: { speedup } };
  if (synthetic) return { code: 'quantization.verdict.unknownAccuracy', params: { speedup } };
  return {
    code: 'quantization.verdict.tooInaccurate',
    params: { speedup, db: decibels(quick.measured?.sqnrDb ?? 0), target: targetDb },
  };
}
