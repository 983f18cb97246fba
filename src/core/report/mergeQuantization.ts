/** A trial of quantization is a run of its own; what it found belongs to the profile of the same model. */

import type { ModelSummary, QuantizationSection, Report, Scenario } from '../../protocol/report.js';
import type { Message } from '../../protocol/text.js';

/**
 * `report` with what `trial` found, for the scenario of equal dimensions; a trial of others brings its scenario along. Of
 * a file that was never run the trial is the report.
 */
export function withQuantization(report: Report, trial: Report): Report {
  if (report.status === 'static' && trial.scenarios.length > 0)
    return withQuantization({ ...trial, quantization: [] }, trial);
  const stopped = trial.status === 'partial' ? [{ code: 'quantization.note.stopped', params: {} }] : [];
  let merged = trial.alternatives ? { ...report, alternatives: trial.alternatives } : report;
  for (const section of trial.quantization) {
    const tried = trial.scenarios.find(({ id }) => id === section.scenarioId);
    if (tried) merged = withSection(merged, tried, { ...section, explanation: [...section.explanation, ...stopped] });
  }
  return merged;
}

function withSection(report: Report, tried: Scenario, section: QuantizationSection): Report {
  const same = report.scenarios.find((scenario) => sameDimensions(scenario, tried));
  const scenario = same ?? { ...tried, id: freeId(report, tried.id) };
  const others = report.quantization.filter(({ scenarioId }) => scenarioId !== scenario.id);
  return {
    ...report,
    scenarios: same ? report.scenarios : [...report.scenarios, scenario],
    quantization: [...others, { ...section, scenarioId: scenario.id }],
  };
}

/** Of a new profile of equal content: what was tried before still holds for scenarios that are run as they were. */
export function keepQuantization(before: Report | null, report: Report): Report {
  if (!before || before.quantization.length === 0 || report.quantization.length > 0) return report;
  if (!sameContent(before.model, report.model)) return report;
  const quantization = before.quantization.flatMap((section): QuantizationSection[] => {
    const old = before.scenarios.find(({ id }) => id === section.scenarioId);
    const now = old && report.scenarios.find((scenario) => sameDimensions(scenario, old) && sameRun(scenario, old));
    return now ? [{ ...section, scenarioId: now.id }] : [];
  });
  return { ...report, quantization };
}

/** With one more thing that must be known of the section that holds `planId`. */
export function withQuantizationNote(report: Report, planId: string, note: Message): Report {
  const holds = ({ plans }: QuantizationSection): boolean => plans.some(({ id }) => id === planId);
  const text = JSON.stringify(note);
  return {
    ...report,
    quantization: report.quantization.map((section) =>
      holds(section)
        ? { ...section, explanation: [...section.explanation.filter((one) => JSON.stringify(one) !== text), note] }
        : section,
    ),
  };
}

/** Whether a trial found anything before it was stopped. */
export const hasTried = (trial: Report): boolean =>
  trial.quantization.some(
    ({ plans, layers }) => plans.length > 0 || layers.length === 0 || layers.some(({ trials }) => trials.length > 0),
  );

function sameDimensions(one: Scenario, other: Scenario): boolean {
  const text = ({ phase, dimensions }: Scenario): string =>
    JSON.stringify([phase, dimensions.map(({ name, value }) => [name, value]).sort()]);
  return text(one) === text(other);
}

/** A trial alone does not know the hash, nor what the runtime's default of threads is. */
const sameContent = (one: ModelSummary, other: ModelSummary): boolean =>
  one.fileBytes === other.fileBytes &&
  (one.contentSha256 === null || other.contentSha256 === null || one.contentSha256 === other.contentSha256);

const sameRun = ({ run }: Scenario, other: Scenario): boolean =>
  run.provider === other.run.provider &&
  (run.threads === other.run.threads || run.threads === 0 || other.run.threads === 0) &&
  run.optimization === other.run.optimization;

function freeId({ scenarios }: Report, wanted: string): string {
  let id = wanted;
  for (let next = 1; scenarios.some((scenario) => scenario.id === id); next++) id = `${wanted}-${next}`;
  return id;
}
