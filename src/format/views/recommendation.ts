/** Which plan of a trial is recommended: one rule for the trial itself and for a page that judges its plans again. */

import type { QuantizationLayer, QuantizationPlan } from '../../protocol/report.js';

/** Below it a speed-up is not worth a model of its own. */
export const LEAST_SPEEDUP = 1.02;
/** The quickest plan is not given up for less. */
const LEAST_GAIN_DB = 1;

type MeasuredPlan = QuantizationPlan & { measured: NonNullable<QuantizationPlan['measured']> };

export interface Recommendation {
  plan: MeasuredPlan;
  /** The quickest that keeps the target, where it is another one: their speeds cannot be told apart. */
  quickest: MeasuredPlan | null;
}

/**
 * Of the plans that keep the accuracy and are faster for certain, those whose interval overlaps with the quickest one's,
 * and among them the most accurate, where it is so by more than a trifle. null: do not quantize.
 */
export function recommendationOf(plans: readonly QuantizationPlan[], targetDb: number): Recommendation | null {
  const keeping = plans.filter((plan): plan is MeasuredPlan => {
    const { measured } = plan;
    return measured?.sqnrDb != null && measured.sqnrDb >= targetDb && measured.speedupInterval[0] >= LEAST_SPEEDUP;
  });
  const [first, ...others] = keeping;
  if (!first) return null;
  const quickest = others.reduce((best, plan) => (plan.measured.speedup > best.measured.speedup ? plan : best), first);
  const asQuick = keeping.filter(({ measured }) => measured.speedupInterval[1] >= quickest.measured.speedupInterval[0]);
  const decibels = ({ measured }: MeasuredPlan): number => measured.sqnrDb ?? -Infinity;
  const moreAccurate = asQuick.filter((one) => decibels(one) >= decibels(quickest) + LEAST_GAIN_DB);
  const plan = moreAccurate.reduce((best, one) => (decibels(one) > decibels(best) ? one : best), quickest);
  return { plan, quickest: plan === quickest ? null : quickest };
}

/** Nothing to try: every layer is out of reach, by what it is. An old operator set is another matter, which can be mended. */
export const cannotBeQuantized = (layers: readonly QuantizationLayer[]): boolean =>
  layers.every(({ verdict, reason }) => verdict === 'notSupported' && reason.code !== 'quantization.reason.opset');
