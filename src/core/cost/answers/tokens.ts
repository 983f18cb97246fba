/** Tokens of decoders: what a million of them costs, prompts and answers apart. */

import type { Report, Scenario } from '../../../protocol/report.js';
import { carries } from './serving.js';
import { itemsOfCall, servicesHere } from './services.js';

const TOKEN_INPUT = /(^|[._/])(input_?ids|decoder_input_ids|tokens|token_ids|inputs_embeds)$/i;

/** Tokens of one item: the elements of the ids that go in, over the items of the call. */
function tokensOfItem(report: Pick<Report, 'capacity'>, scenario: Scenario): number | null {
  const input = scenario.inputs.find(({ name }) => TOKEN_INPUT.test(name));
  if (!input) return null;
  const [batch, sequence = 1] = input.shape;
  const tokens = ((batch ?? 0) * sequence) / itemsOfCall(report, scenario);
  return tokens > 0 ? tokens : null;
}

/** Dollars for a million tokens at the planned load; null where one of the two phases was not measured. */
export function usdPerMillionTokens(
  report: Pick<Report, 'scenarios' | 'capacity'>,
  usdPerHour: number | null,
  headroomPercent: number,
): { prefill: number; decode: number } | null {
  const of = (phase: Scenario['phase']): number | null => {
    const scenario = report.scenarios.find((each) => each.phase === phase);
    const tokens = scenario && tokensOfItem(report, scenario);
    if (!scenario || !tokens || usdPerHour === null) return null;
    const perSecond = carries(servicesHere(report, scenario)) * tokens * (1 - headroomPercent / 100);
    return perSecond > 0 ? (usdPerHour / 3600 / perSecond) * 1e6 : null;
  };
  const prefill = of('prefill');
  const decode = of('decode');
  return prefill === null || decode === null ? null : { prefill, decode };
}
