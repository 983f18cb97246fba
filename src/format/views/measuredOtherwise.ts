/** Under which conditions the shown figures were measured, where the chips above them name others. */

import type { Report, Scenario } from '../../protocol/report.js';
import type { PageChoices } from '../../protocol/webview.js';
import type { Text } from '../text/text.js';
import { integer } from '../units.js';
import { type Chip, chips } from './chips.js';
import { plainName } from './names.js';

/** `shown` is one of the report's scenarios. null where the next run would repeat one of them, or nothing was measured. */
export function measuredOtherwise(choices: PageChoices, report: Report, shown: Scenario, text: Text): string | null {
  if (shown.latency === null) return null;
  const next = chips(choices, report, text);
  const otherThan = (scenario: Scenario): string[] => {
    const were = chips(conditionsOf(scenario, choices), report, text);
    return were.flatMap((was, at) => differenceOf(was, next[at]));
  };
  if (report.scenarios.some((scenario) => otherThan(scenario).length === 0)) return null;
  return text('page.chips.measuredOtherwise', { conditions: otherThan(shown).join(', ') });
}

/** As chips would ask for them; what somebody else's run does not say is no difference. */
function conditionsOf({ dimensions, inputs, run }: Scenario, choices: PageChoices): PageChoices {
  const bound = new Map(dimensions.map(({ name, value }) => [name, value]));
  const isSynthetic = inputs.every(({ source }) => source.startsWith('synthetic:'));
  const [file] = inputs.flatMap(({ source }) => (source.startsWith('file:') ? [source.slice('file:'.length)] : []));
  return {
    ...choices,
    dimensions: choices.dimensions.map((each) => ({ ...each, value: bound.get(each.name) ?? each.value })),
    provider: run.provider,
    threads: run.threads === 0 || choices.threads === 0 ? choices.threads : run.threads,
    optimization: run.optimization ?? choices.optimization,
    // One of several files, or the folder that it lies in: which one was picked is not told apart.
    input: isSynthetic ? 'synthetic' : choices.input === 'synthetic' ? (file ?? choices.input) : choices.input,
    seed: run.seed ?? choices.seed,
  };
}

function differenceOf(was: Chip, next: Chip | undefined): string[] {
  if (was.id === 'dimension:more')
    return was.dimensions
      .filter(({ value }, at) => value !== next?.dimensions[at]?.value)
      .map(({ name, value }) => `${plainName(name)} ${integer(value)}`);
  if (was.value === next?.value) return [];
  return [was.name === '' ? was.value : `${was.name} ${was.value}`];
}
