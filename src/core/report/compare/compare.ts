import type { ComparedReport, Comparison } from '../../../protocol/compare.js';
import type { Report, Scenario } from '../../../protocol/report.js';
import { ExpectedError } from '../../common/errors.js';
import { contractChanges } from './contract.js';
import { compareScenarios } from './scenario.js';
import { sideOf } from './side.js';

/**
 * What changed from one report to another, of one model or of two. Scenarios go together by phase and dimensions, then
 * by provider; where none do, the first of each are compared, and their notes say what differs.
 *
 * @throws ExpectedError (input) where a report has no scenario.
 */
export function compareReports(base: Report, next: Report): Comparison {
  const pairs = pairScenarios(base, next);
  const [first, ...others] = pairs.map(([was, is]) => compareScenarios(sideOf(base, was), sideOf(next, is)));
  if (!first) throw new ExpectedError('input', 'compare.error.noScenario');
  return {
    ...first,
    base: comparedReport(base),
    new: comparedReport(next),
    contract: contractChanges(base.model, next.model),
    others,
    gate: null,
  };
}

const comparedReport = ({ reportId, model, createdAt, git }: Report): ComparedReport => ({
  reportId,
  path: model.path,
  createdAt,
  contentSha256: model.contentSha256,
  commit: git?.commit ?? null,
  dirty: git?.dirty ?? false,
});

type ScenarioPair = readonly [base: Scenario, next: Scenario];

function pairScenarios(base: Report, next: Report): ScenarioPair[] {
  const exact = pairBy(base, next, (one) => JSON.stringify([one.phase, bindingsOf(one), one.run.provider]));
  if (exact.length > 0) return exact;
  const alike = pairBy(base, next, (one) => JSON.stringify([one.phase, bindingsOf(one)]));
  if (alike.length > 0) return alike;
  const [was, is] = [base.scenarios[0], next.scenarios[0]];
  return was && is ? [[was, is]] : [];
}

/** Shapes rather than names of dimensions: exporters rename symbols. */
const bindingsOf = ({ inputs }: Scenario): unknown => inputs.map(({ shape }) => shape);

function pairBy(base: Report, next: Report, keyOf: (scenario: Scenario) => string): ScenarioPair[] {
  const left = new Map<string, Scenario>();
  for (const scenario of base.scenarios) if (!left.has(keyOf(scenario))) left.set(keyOf(scenario), scenario);
  return next.scenarios.flatMap((scenario): ScenarioPair[] => {
    const key = keyOf(scenario);
    const was = left.get(key);
    left.delete(key);
    return was ? [[was, scenario]] : [];
  });
}
