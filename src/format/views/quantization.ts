/** Plans of a trial: which meet the target, which is recommended, which cannot be told apart. */

import type { QuantizationPlan, QuantizationSection, Report } from '../../protocol/report.js';
import type { TextCode } from '../text/catalogue.js';
import type { Text } from '../text/text.js';
import { bytes, decimal, integer } from '../units.js';
import { plainName } from './names.js';
import { recommendationOf } from './recommendation.js';

export type Measured = NonNullable<QuantizationPlan['measured']>;

export interface PlanRow {
  plan: QuantizationPlan;
  /** null where the runtime refused it. */
  measured: Measured | null;
  /** A to Z, in the order of the table. */
  letter: string;
  name: string;
  recommended: boolean;
  /** null: its accuracy is unknown. */
  meetsTarget: boolean | null;
  /** Weights alone are smaller; nothing is computed in fewer bits. */
  sizeOnly: boolean;
  /** No other plan is both faster and more accurate. */
  onFront: boolean;
}

export interface QuantizationView {
  section: QuantizationSection;
  synthetic: boolean;
  /** Of the worst output, in dB. */
  targetDb: number;
  /** Recommended first, then those that meet the target, each by speed. */
  plans: PlanRow[];
  recommended: PlanRow | null;
  /** Another one that keeps the target and is nominally quicker: in speed the two cannot be told apart. */
  asQuick: PlanRow | null;
  /** Whatever its accuracy; null where none was measured. */
  fastest: PlanRow | null;
  /** Layers that could be quantized. */
  layerCount: number;
  /** Of the model as it is. */
  floatBytes: number;
}

/** Before the report kept it. */
const USUAL_TARGET_DB = 20;

/** Of a trial: a section that explains nothing is of pruning alone. */
export function sectionFor(report: Report | null, scenarioId: string | null): QuantizationSection | null {
  const tried = report?.quantization.filter(({ explanation }) => explanation.length > 0) ?? [];
  return tried.find((section) => section.scenarioId === scenarioId) ?? tried[0] ?? null;
}

export const targetOf = ({ trial }: QuantizationSection): number => trial?.targetSqnrDb ?? USUAL_TARGET_DB;

/** @param targetDb another target than the trial had; the same plans are judged by it again. */
export function quantizationView(
  report: Report,
  section: QuantizationSection,
  targetDb: number | null,
  text: Text,
): QuantizationView {
  const { synthetic } = section.calibration;
  const target = targetDb ?? targetOf(section);
  const judged = synthetic ? null : recommendationOf(section.plans, target);
  const recommendedId = target === targetOf(section) ? section.recommended : (judged?.plan.id ?? null);
  const front = frontOf(section.plans);
  const meets = (plan: QuantizationPlan): boolean | null =>
    synthetic || plan.measured?.sqnrDb == null ? null : plan.measured.sqnrDb >= target;
  const rank = (plan: QuantizationPlan): number =>
    plan.id === recommendedId ? 0 : plan.measured === null ? 3 : meets(plan) === false ? 2 : 1;
  const sorted = [...section.plans].sort(
    (a, b) => rank(a) - rank(b) || (b.measured?.speedup ?? 0) - (a.measured?.speedup ?? 0),
  );
  const plans = sorted.map((plan, position): PlanRow => ({
    plan,
    measured: plan.measured,
    letter: letterOf(position),
    name: planName(plan, text),
    recommended: plan.id === recommendedId,
    meetsTarget: meets(plan),
    sizeOnly: plan.method === 'float16',
    onFront: front.has(plan.id),
  }));
  return {
    section,
    synthetic,
    targetDb: target,
    plans,
    recommended: plans.find(({ recommended }) => recommended) ?? null,
    asQuick: (judged?.plan.id === recommendedId && plans.find(({ plan }) => plan === judged.quickest)) || null,
    fastest: fastestOf(plans),
    layerCount: section.layers.filter(({ trials }) => trials.length > 0).length,
    floatBytes: section.float?.fileBytes ?? Math.max(report.model.fileBytes ?? 0, report.model.weightBytes ?? 0),
  };
}

const letterOf = (position: number): string =>
  position < 26
    ? String.fromCharCode(65 + position)
    : `${String.fromCharCode(65 + (position % 26))}${Math.floor(position / 26)}`;

function fastestOf(plans: readonly PlanRow[]): PlanRow | null {
  let best: PlanRow | null = null;
  for (const row of plans)
    if (row.measured && (!best?.measured || row.measured.speedup > best.measured.speedup)) best = row;
  return best;
}

/** Plans than which no other is both faster and more accurate. */
function frontOf(plans: readonly QuantizationPlan[]): Set<string> {
  const beaten = (one: Measured): boolean =>
    plans.some(
      ({ measured: other }) =>
        other &&
        other.sqnrDb !== null &&
        one.sqnrDb !== null &&
        other.speedup >= one.speedup &&
        other.sqnrDb >= one.sqnrDb &&
        (other.speedup > one.speedup || other.sqnrDb > one.sqnrDb),
    );
  return new Set(plans.flatMap(({ id, measured }) => (measured?.sqnrDb != null && !beaten(measured) ? [id] : [])));
}

/** `mixed int8`; a method that this version does not know by its own name. */
export function methodName(method: string, text: Text): string {
  const code = `quantization.method.${method}`;
  const name = text(code as TextCode);
  return name === code ? plainName(method) : name;
}

/** Shorter than the method's: a table says the rest. */
function planName({ method, assignments }: QuantizationPlan, text: Text): string {
  const code = `page.quant.plan.${method}`;
  const name = text(code as TextCode, { count: integer(assignments.length) });
  return name === code ? methodName(method, text) : name;
}

/** For a list to pick from. */
export function planLabel(
  section: QuantizationSection,
  plan: QuantizationPlan,
  text: Text,
): { label: string; description: string } {
  const layers = text('page.quant.ofLayers', {
    count: integer(plan.assignments.length),
    total: integer(section.layers.filter(({ trials }) => trials.length > 0).length),
  });
  const { measured } = plan;
  const figures = measured
    ? [
        speedupText(measured),
        decibelText(section.calibration.synthetic ? null : measured.sqnrDb, text),
        bytes(measured.fileBytes),
      ]
    : [];
  return { label: planName(plan, text), description: [layers, ...figures].join(' · ') };
}

/** `(1.27–1.35)` */
export const intervalText = ({ speedupInterval: [low, high] }: Pick<Measured, 'speedupInterval'>): string =>
  `(${decimal(low, 2)}–${decimal(high, 2)})`;

/** `1.31× (1.27–1.35)` */
export const speedupText = (measured: Pick<Measured, 'speedup' | 'speedupInterval'>): string =>
  `${decimal(measured.speedup, 2)}× ${intervalText(measured)}`;

export const decibelText = (sqnrDb: number | null, text: Text): string =>
  sqnrDb === null ? text('page.unknown') : `${decimal(sqnrDb, 1)} dB`;

/** Those whose speed cannot be told from the first's: their intervals overlap with its. */
export function equals({ plans, recommended, fastest, synthetic }: QuantizationView): PlanRow[] {
  const first = recommended ?? fastest;
  if (!first?.measured) return [];
  const [low, high] = first.measured.speedupInterval;
  const others = plans.filter(
    ({ measured, meetsTarget, plan }) =>
      plan.id !== first.plan.id &&
      measured !== null &&
      (synthetic || meetsTarget === (first.meetsTarget ?? true)) &&
      measured.speedupInterval[0] <= high &&
      measured.speedupInterval[1] >= low,
  );
  return others.length === 0 ? [] : [first, ...others];
}

/** `A, B and C cannot be told apart in speed; B loses least.`; '' where all can. */
export function equalSentence(view: QuantizationView, text: Text): string {
  const same = equals(view);
  if (same.length === 0) return '';
  const letters = same.map(({ letter }) => letter).sort();
  const list = text('page.quant.list', { first: letters.slice(0, -1).join(', '), last: letters.at(-1) ?? '' });
  const best = same.reduce((one, other) =>
    (other.measured?.sqnrDb ?? -Infinity) > (one.measured?.sqnrDb ?? -Infinity) ? other : one,
  );
  if (view.synthetic || best.measured?.sqnrDb == null) return text('page.quant.equal', { list });
  return text(same.length === 2 ? 'page.quant.equalLess' : 'page.quant.equalLeast', { list, best: best.letter });
}
