/** "How do you know?": always the same questions in the same order. */

import type { Text } from '../text/text.js';
import { decimal, duration, durationUnit, durationWithError, inUnit, integer } from '../units.js';
import { dateText } from './dates.js';
import { driftText, int8Unit } from './facts.js';
import { driftOf, latencyView, quietOf } from './latency.js';
import { plainName } from './names.js';
import { trialEvidence, type TrialSubject } from './quantizationEvidence.js';
import type { ScenarioIndex } from './scenarioIndex.js';

/** plans, trials: of quantization, once it was tried. */
export type EvidenceSubject = RunSubject | TrialSubject;
type RunSubject = 'latency' | 'quantization' | 'memory' | 'hotspots' | 'bound';

export interface EvidenceRow {
  id: 'measured' | 'error' | 'quiet' | 'assumed' | 'leftOut' | 'command';
  label: string;
  text: string;
}

export interface Evidence {
  subject: EvidenceSubject;
  title: string;
  /** Measured, ±, Quiet, Assumed, Left out, Command; a question without an answer is left out. */
  rows: EvidenceRow[];
  command: string | null;
}

export function evidenceFor(index: ScenarioIndex, subject: EvidenceSubject, text: Text): Evidence {
  if (subject === 'plans' || subject === 'trials') return trialEvidence(index, subject, text);
  const { run } = index.scenario;
  const rows: EvidenceRow[] = [];
  const add = (id: EvidenceRow['id'], label: string, value: string | null): void => {
    if (value !== null && value !== '') rows.push({ id, label, text: value });
  };
  add('measured', text('page.evidence.measured'), measured(index, subject, text));
  const error = errorOf(index, subject, text);
  if (error) add('error', error.label, error.text);
  add('quiet', text('page.evidence.quiet'), subject === 'quantization' ? null : quiet(index, text));
  add(
    'assumed',
    text('page.evidence.assumed'),
    subject === 'quantization' ? text('page.evidence.int8Assumed') : assumed(index, text),
  );
  add('leftOut', text('page.evidence.leftOut'), text(`page.evidence.leftOut.${subject}`));
  const command = subject === 'quantization' || run.command === '' ? null : plainName(run.command);
  add('command', text('page.evidence.command'), command);
  return { subject, title: title(index, subject, text), rows, command };
}

function title(index: ScenarioIndex, subject: RunSubject, text: Text): string {
  const latency = latencyView(index);
  if (subject !== 'latency' || !latency)
    return text(`page.evidence.title.${subject === 'latency' ? 'hotspots' : subject}`);
  return text('page.evidence.title', { figure: durationWithError(latency.medianNs, latency.errorNs) });
}

function measured(index: ScenarioIndex, subject: RunSubject, text: Text): string {
  const { run } = index.scenario;
  const date = dateText(index.report.createdAt);
  const latency = latencyView(index);
  switch (subject) {
    case 'latency':
      return text('page.evidence.latencyMeasured', {
        date,
        runs: integer(latency?.runs ?? run.measuredRuns),
        rounds: integer(latency?.rounds ?? 0),
        warmUp: integer(run.warmUpRuns),
      });
    case 'hotspots':
      return text('page.evidence.hotspotsMeasured', { date, runs: integer(run.tracedRuns) });
    case 'memory':
      return text('page.evidence.memoryMeasured', { date });
    case 'bound':
      return index.report.roofline
        ? text('page.evidence.boundMeasured', {
            date: dateText(index.report.roofline.measuredAt),
            threads: integer(index.report.roofline.threads),
          })
        : text('page.evidence.boundUnknown');
    case 'quantization':
      return text('page.evidence.int8Measured', {
        unit: int8Unit(index.report.environment) ?? text('page.conditions.noInt8'),
      });
  }
}

function errorOf(index: ScenarioIndex, subject: RunSubject, text: Text): { label: string; text: string } | null {
  const latency = latencyView(index);
  if (subject === 'latency' && latency) {
    if (latency.errorNs === null) return { label: '±', text: text('page.evidence.noInterval') };
    const unit = durationUnit(latency.medianNs);
    const [low, high] = latency.confidenceNs;
    const decimals = high / unit.scale < 10 ? 2 : 1;
    return {
      label: `± ${inUnit(latency.errorNs, unit, decimals)}`,
      text: text('page.evidence.interval', {
        low: inUnit(low, unit, decimals),
        high: inUnit(high, unit, decimals),
        unit: unit.label,
      }),
    };
  }
  const { overhead } = index.scenario;
  if (subject !== 'hotspots' || !overhead) return null;
  return {
    label: '±',
    text: text(overhead.scale === 1 ? 'page.evidence.correction' : 'page.evidence.correctionScaled', {
      cost: duration(overhead.eventCostNs),
      scale: decimal(overhead.scale, 2),
    }),
  };
}

function quiet(index: ScenarioIndex, text: Text): string | null {
  const { latency } = index.scenario;
  if (!latency) return null;
  const state = quietOf(latency.rounds);
  const parts: string[] = [];
  if (state.otherLoadCores !== null)
    parts.push(
      text('page.evidence.others', {
        load: decimal(state.otherLoadCores, 2),
        cores: integer(index.report.environment.logicalCores),
      }),
    );
  if (state.handoffNs !== null) parts.push(text('page.evidence.handoff', { time: duration(state.handoffNs) }));
  parts.push(
    state.disturbedRounds === 0
      ? text('page.evidence.noneDisturbed')
      : text.plural('page.evidence.disturbed', state.disturbedRounds),
  );
  const drift = driftOf(index);
  if (drift !== null) parts.push(driftText(drift, text));
  return parts.join('; ');
}

/** What nobody stated: dimensions from conventions, inputs made up. */
export function assumed(index: ScenarioIndex, text: Text): string {
  const { scenario } = index;
  const parts: string[] = [];
  const guessed = scenario.dimensions.filter((one) => ['symbolName', 'default', 'modelConfig'].includes(one.source));
  if (guessed.length > 0) {
    const list = guessed.slice(0, 6).map((one) => `${plainName(one.name)} ${integer(one.value)}`);
    parts.push(text('page.evidence.dimensions', { list: list.join(', ') }));
  }
  if (scenario.inputs.some((input) => input.source.startsWith('synthetic:')))
    parts.push(text('page.evidence.synthetic', { seed: scenario.run.seed ?? text('page.unknown') }));
  return parts.length === 0 ? text('page.evidence.nothingAssumed') : parts.join('; ');
}
