import type { Text } from '../../format/text/text.js';
import { bytes, count, durationWithError, integer } from '../../format/units.js';
import type { ScannedModel } from '../../protocol/scan.js';
import type { LastMeasured } from '../../store/lastMeasured.js';

export interface Fact {
  label: string;
  value: string;
}

/** What a model's row says when it is opened. */
export function modelFacts(scanned: ScannedModel, last: LastMeasured | null, text: Text): Fact[] {
  const facts: Fact[] = [{ label: text('extension.fact.size'), value: bytes(scanned.fileBytes) }];
  const add = (code: 'operators' | 'parameters' | 'licence' | 'last' | 'note', value: string): void => {
    facts.push({ label: text(`extension.fact.${code}`), value });
  };
  if (scanned.nodeCount !== null) add('operators', integer(scanned.nodeCount));
  if (scanned.parameterCount !== null) add('parameters', count(scanned.parameterCount));
  if (scanned.profilable) {
    add('licence', scanned.licence ?? text('extension.fact.notStated'));
    add('last', lastText(last, text));
  }
  if (scanned.message) add('note', text.message(scanned.message));
  return facts;
}

/** Behind the file's name: the last figure first, since it is what one looks for. */
export function modelDescription(scanned: ScannedModel, last: LastMeasured | null, text: Text): string {
  const parts = [bytes(scanned.fileBytes)];
  if (scanned.nodeCount !== null)
    parts.push(text.plural('extension.model.operators', scanned.nodeCount, { number: integer(scanned.nodeCount) }));
  if (last) parts.unshift(lastText(last, text));
  else if (!scanned.profilable) parts.unshift(text(`extension.format.${scanned.format}`));
  return parts.join(' · ');
}

function lastText(last: LastMeasured | null, text: Text): string {
  if (!last) return text('extension.fact.never');
  const { medianNs, confidenceNs } = last.stored;
  const median = durationWithError(medianNs, confidenceNs && (confidenceNs[1] - confidenceNs[0]) / 2);
  return last.changed ? text('extension.fact.changedSince', { median }) : median;
}
