/** "How do you know?" of a trial: of its plans, and of its single layers. */

import type { Text } from '../text/text.js';
import { duration, integer } from '../units.js';
import { dateText } from './dates.js';
import type { Evidence, EvidenceRow } from './evidence.js';
import { plainName } from './names.js';
import { sectionFor } from './quantization.js';
import { calibrationText } from './quantizationNotes.js';
import type { ScenarioIndex } from './scenarioIndex.js';

export type TrialSubject = 'plans' | 'trials';

export function trialEvidence(index: ScenarioIndex, subject: TrialSubject, text: Text): Evidence {
  const section = sectionFor(index.report, index.scenario.id);
  const rows: EvidenceRow[] = [];
  const add = (id: EvidenceRow['id'], label: string, value: string): void => {
    if (value !== '') rows.push({ id, label, text: value });
  };
  const synthetic = section?.calibration.synthetic !== false;
  if (subject === 'plans') {
    add('measured', text('page.evidence.measured'), plansMeasured(index, text));
    add('error', '±', text('page.quant.how.interval'));
  } else {
    const accuracy = synthetic ? '' : text('page.quant.how.layersAccuracy');
    add('measured', text('page.evidence.measured'), text('page.quant.how.layersMeasured', { accuracy }).trim());
  }
  const assumed = section ? calibrationText(section, text) : '';
  add('assumed', text('page.evidence.assumed'), synthetic ? assumed : `${assumed} ${text('page.quant.how.accuracy')}`);
  add(
    'leftOut',
    text('page.evidence.leftOut'),
    text(subject === 'plans' ? 'page.quant.how.leftOut' : 'page.quant.how.layersLeftOut'),
  );
  const told = section?.trial?.command ?? '';
  const command = told === '' ? null : plainName(told);
  if (command !== null) add('command', text('page.evidence.command'), command);
  const title = text(subject === 'plans' ? 'page.quant.how.title' : 'page.quant.how.layersTitle');
  return { subject, title, rows, command };
}

function plansMeasured(index: ScenarioIndex, text: Text): string {
  const section = sectionFor(index.report, index.scenario.id);
  const count = integer(section?.plans.filter(({ measured }) => measured !== null).length ?? 0);
  if (!section?.trial) return text('page.quant.how.measuredUndated', { count });
  const { measuredAt, seconds, threads } = section.trial;
  return text('page.quant.how.measured', {
    date: dateText(measuredAt),
    count,
    threads:
      threads === 0
        ? text('page.chip.threadsDefault')
        : text.plural('page.chip.threads', threads, { number: integer(threads) }),
    time: duration(seconds * 1e9),
  });
}
