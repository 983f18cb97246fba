/** What must be known with the figures of a trial. */

import type { QuantizationSection } from '../../protocol/report.js';
import type { Message } from '../../protocol/text.js';
import type { TextCode } from '../text/catalogue.js';
import type { Text } from '../text/text.js';
import { integer } from '../units.js';
import { plainName } from './names.js';
import { equalSentence, methodName, type QuantizationView } from './quantization.js';

/** `Calibrated by minimum and maximum on 8 samples of pages, judged on 8 others.` */
export function calibrationText({ calibration }: QuantizationSection, text: Text): string {
  const { method, samples, judgementSamples, source, synthetic } = calibration;
  const code = `page.quant.calibration.${method}`;
  const named = text(code as TextCode);
  const params = {
    method: named === code ? plainName(method) : named,
    samples: integer(samples),
    source: plainName(source),
    judged: integer(judgementSamples ?? 0),
  };
  if (synthetic) return text('page.quant.calibratedSynthetic', params);
  return text((judgementSamples ?? 0) > 0 ? 'page.quant.calibratedJudged' : 'page.quant.calibrated', params);
}

/** Below the table of plans, in its order. */
export function planNotes(view: QuantizationView, text: Text): string[] {
  const { section, plans, synthetic } = view;
  const measured = plans.filter((row) => row.measured !== null);
  const refused = plans.filter((row) => row.measured === null).map(({ letter }) => letter);
  const sentences: string[] = [];
  if (measured.length > 0) sentences.push(text.plural('page.quant.measured', measured.length));
  if (refused.length > 0) sentences.push(text('page.quant.refused', { letters: refused.join(', ') }));
  sentences.push(equalSentence(view, text), calibrationText(section, text));
  if (section.labels)
    sentences.push(
      text('page.quant.labels', { used: integer(section.labels.used), source: plainName(section.labels.source) }),
    );
  else if (!synthetic && measured.every((row) => row.measured?.agreement === null))
    sentences.push(text('page.quant.noLabels'));
  return sentences.filter((sentence) => sentence !== '');
}

/** Said by the verdict, of the target that is shown. */
const SAID: readonly string[] = ['quantization.note.synthetic', 'quantization.note.moreAccurate'];

/** What the trial itself has to say beyond its verdict; methods stand in messages by their code. */
export function trialNotes(section: QuantizationSection, text: Text): string[] {
  return section.explanation
    .filter(({ code }) => !code.startsWith('quantization.verdict.') && !SAID.includes(code))
    .map((message) => plainName(explained(message, text)));
}

function explained({ code, params }: Message, text: Text): string {
  const { method } = params;
  return text.message({
    code,
    params: typeof method === 'string' ? { ...params, method: methodName(method, text) } : params,
  });
}
