/** The verdict of a trial in one sentence, with its interval and its condition. */

import type { Report } from '../../protocol/report.js';
import type { Text } from '../text/text.js';
import { bytes, decimal, duration, integer, percent } from '../units.js';
import { inputsText } from './resultLine.js';
import {
  decibelText,
  intervalText,
  quantizationView,
  sectionFor,
  speedupText,
  type Measured,
  type PlanRow,
  type QuantizationView,
} from './quantization.js';
import { cannotBeQuantized, LEAST_SPEEDUP } from './recommendation.js';
import { plainText, richText, type RichText } from './richText.js';
import { indexScenario } from './scenarioIndex.js';

export interface Verdict {
  kind: 'quantize' | 'unknown' | 'doNot';
  sentence: RichText;
  detail: string;
}

export function verdictOf(report: Report, view: QuantizationView, text: Text): Verdict {
  const { recommended, fastest, synthetic, section } = view;
  const condition = conditionText(report, view, text);
  if (recommended?.measured) return quantize(view, recommended, recommended.measured, condition, text);
  const doNot = (sentence: RichText): Verdict => ({
    kind: 'doNot',
    sentence,
    detail: fastest ? text('page.quant.verdict.builtHere', { condition }) : '',
  });
  if (section.layers.length === 0 || (!fastest?.measured && cannotBeQuantized(section.layers)))
    return doNot(richText(text, 'page.quant.verdict.noLayers'));
  if (!fastest?.measured) return doNot(richText(text, 'page.quant.verdict.nothing'));
  const speedup = speedupText(fastest.measured);
  if (synthetic)
    return {
      kind: 'unknown',
      sentence: richText(text, 'page.quant.verdict.unknown'),
      detail: text('page.quant.verdict.unknownDetail', { speedup, condition }),
    };
  if (fastest.measured.speedupInterval[0] < LEAST_SPEEDUP)
    return doNot(richText(text, 'page.quant.verdict.notFaster', { speedup }));
  return doNot(
    richText(text, 'page.quant.verdict.tooInaccurate', {
      speedup,
      db: decibelText(fastest.measured.sqnrDb, text),
      target: integer(view.targetDb),
    }),
  );
}

function quantize(view: QuantizationView, row: PlanRow, measured: Measured, condition: string, text: Text): Verdict {
  const { plan } = row;
  const params = {
    count: integer(plan.assignments.length),
    total: integer(view.layerCount),
    speedup: `${decimal(measured.speedup, 2)}×`,
    interval: intervalText(measured),
    db: decibelText(measured.sqnrDb, text),
    answers: answersText(measured, text),
  };
  const code = measured.agreement === null ? 'page.quant.verdict.quantize' : 'page.quant.verdict.quantizeAgreeing';
  const times = {
    float: duration(measured.floatNs ?? measured.medianNs * measured.speedup),
    time: duration(measured.medianNs),
  };
  const sizes = { before: bytes(view.floatBytes), after: bytes(measured.fileBytes) };
  return {
    kind: 'quantize',
    sentence: richText(text, code, params),
    detail: [text('page.quant.verdict.detail', { ...times, ...sizes, condition }), asQuickText(view, measured, text)]
      .filter((one) => one !== '')
      .join(' '),
  };
}

/** Why it is not the one with the highest speed-up; '' where it is. */
function asQuickText({ asQuick }: QuantizationView, measured: Measured, text: Text): string {
  if (!asQuick?.measured) return '';
  return text('page.quant.verdict.asQuick', {
    letter: asQuick.letter,
    speedup: speedupText(asQuick.measured),
    db: decibelText(asQuick.measured.sqnrDb, text),
    own: decibelText(measured.sqnrDb, text),
  });
}

/** `97 of 100`, or the share where the count is not known. */
export function answersText({ agreement, answers }: Pick<Measured, 'agreement' | 'answers'>, text: Text): string {
  if (answers) return text('page.count.of', { done: integer(answers.same), total: integer(answers.items) });
  return agreement === null ? text('page.unknown') : percent(agreement, agreement === 1 ? 0 : 1);
}

/** `on this CPU, 1 thread, x 1×3×320×320`. */
function conditionText(report: Report, { section }: QuantizationView, text: Text): string {
  const index = indexScenario(report, section.scenarioId);
  if (!index) return '';
  const threads = section.trial?.threads === 0 ? index.scenario.run.threads : (section.trial?.threads ?? 0);
  const shapes = index.scenario.inputs
    .slice(0, 3)
    .map((input) =>
      `${input.name} ${input.shape.join('×') || text('page.scalar')}`.slice(0, 80).replaceAll(' ', '\u00a0'),
    )
    .join(', ');
  return text('page.quant.condition', {
    threads:
      threads === 0
        ? text('page.chip.threadsDefault')
        : text.plural('page.chip.threads', threads, { number: integer(threads) }),
    shapes: shapes === '' ? inputsText(index, text) : shapes,
  });
}

/** Behind the tab's name. */
export function quantizationNote(
  report: Report | null,
  scenarioId: string | null,
  targetDb: number | null,
  text: Text,
): string {
  const section = sectionFor(report, scenarioId);
  if (!report || !section) return text('page.tab.quantization.note');
  const { recommended, synthetic } = quantizationView(report, section, targetDb, text);
  if (recommended?.measured) {
    const { speedup, sqnrDb } = recommended.measured;
    return `${decimal(speedup, 2)}×, ${decibelText(sqnrDb, text)}`;
  }
  return text(synthetic ? 'page.quant.note.unknown' : 'page.quant.note.doNot');
}

/** For the overview: the verdict without its condition. */
export function shortVerdict(report: Report, view: QuantizationView, text: Text): RichText {
  const { recommended, fastest, synthetic } = view;
  if (recommended?.measured)
    return richText(text, 'page.quant.short.quantize', {
      speedup: `${decimal(recommended.measured.speedup, 2)}×`,
      interval: intervalText(recommended.measured),
      count: integer(recommended.plan.assignments.length),
      total: integer(view.layerCount),
      db: decibelText(recommended.measured.sqnrDb, text),
    });
  if (synthetic && fastest?.measured)
    return richText(text, 'page.quant.short.unknown', { speedup: speedupText(fastest.measured) });
  return verdictOf(report, view, text).sentence;
}

export const verdictText = (report: Report, view: QuantizationView, text: Text): string =>
  plainText(verdictOf(report, view, text).sentence);
