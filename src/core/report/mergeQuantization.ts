/** A trial of quantization is a run of its own; what it found belongs to the profile of the same model. */

import path from 'node:path';
import type { AlternativesSection } from '../../protocol/quantization.js';
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
  let merged = trial.alternatives ? { ...report, alternatives: beside(report, trial.alternatives) } : report;
  for (const section of trial.quantization) {
    const tried = trial.scenarios.find(({ id }) => id === section.scenarioId);
    const told = isTrial(section) ? stopped : [];
    if (tried) merged = withSection(merged, tried, { ...section, explanation: [...section.explanation, ...told] });
  }
  return merged;
}

/** Files by their way from the model: whole paths say more of the machine than of the models. */
const beside = ({ model }: Report, sections: readonly AlternativesSection[]): AlternativesSection[] =>
  sections.map((section) => ({
    ...section,
    models: section.models.map((one) =>
      path.isAbsolute(one.path) && path.isAbsolute(model.path)
        ? { ...one, path: path.relative(path.dirname(model.path), one.path) }
        : one,
    ),
  }));

function withSection(report: Report, tried: Scenario, section: QuantizationSection): Report {
  const same = report.scenarios.find((scenario) => sameDimensions(scenario, tried));
  const scenario = same ?? { ...tried, id: freeId(report, tried.id) };
  const before = report.quantization.find(({ scenarioId }) => scenarioId === scenario.id);
  const others = report.quantization.filter((one) => one !== before);
  return {
    ...report,
    scenarios: same ? report.scenarios : [...report.scenarios, scenario],
    quantization: [...others, { ...combined(before, section), scenarioId: scenario.id }],
  };
}

/** What one of the two looked at and the other did not stays: plans, and what could be pruned. */
function combined(before: QuantizationSection | undefined, section: QuantizationSection): QuantizationSection {
  if (!before) return section;
  const pruning = section.pruning ?? before.pruning ?? null;
  return isTrial(section) ? { ...section, pruning } : { ...before, pruning };
}

/** Plans were tried, not only pruning looked at. */
const isTrial = ({ explanation }: QuantizationSection): boolean => explanation.length > 0;

/** Of a new profile of equal content: what was tried before still holds for scenarios that are run as they were. */
export function keepQuantization(before: Report | null, report: Report): Report {
  if (!before || report.quantization.length > 0 || !sameContent(before.model, report.model)) return report;
  const quantization = before.quantization.flatMap((section): QuantizationSection[] => {
    const old = before.scenarios.find(({ id }) => id === section.scenarioId);
    const now = old && report.scenarios.find((scenario) => sameDimensions(scenario, old) && sameRun(scenario, old));
    return now ? [{ ...section, scenarioId: now.id }] : [];
  });
  return { ...report, quantization, ...(before.alternatives ? { alternatives: before.alternatives } : {}) };
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
  (trial.alternatives ?? []).some(({ models }) => models.length > 0) ||
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
