/** Behind a path of a model: what its last measurement found. */

import { duration } from '../../../format/units.js';
import { providerLabel } from '../../../format/providerNames.js';
import { ageText } from '../../../format/views/age.js';
import type { Located } from '../tree/node.js';
import type { HintContext, ProfiledModel } from './context.js';
import { type Hint, type HintDetails, inlay } from './hint.js';
import { medianText } from './wording.js';

/** `named`: what stands in the text is not the file's own name, so that the hint says it. */
export function modelHint(
  place: Located<string>,
  model: ProfiledModel,
  context: HintContext,
  named: string | null,
): Hint[] {
  const { text, now } = context;
  const median = medianText(model);
  const scenario = model.report.scenarios.find(({ latency }) => latency !== null);
  if (median === null || !scenario) return [];
  const details = (): HintDetails => detailsOf(model, context);
  if (model.stale) {
    const age = ageText(model.report.createdAt, now, text);
    return [inlay(place.range, text('hints.model.stale', { latency: median, age }), details)];
  }
  if (named !== null) return [inlay(place.range, namedText(named, median, text), details)];
  const { threads } = scenario.run;
  const words = text(threads === 1 ? 'hints.model.one' : 'hints.model', { latency: median, threads });
  return [inlay(place.range, words, details)];
}

/** Editors cut what is longer than this in a line, where nobody set another length: `editor.inlayHints.maximumLength`. */
const LONGEST_LABEL = 43;

/** With as many of the path's last folders as there is room for. */
function namedText(path: string, latency: string, text: HintContext['text']): string {
  const parts = path.split('/');
  const texts = parts.map((_, first) => text('hints.model.named', { path: parts.slice(first).join('/'), latency }));
  return texts.find(({ length }) => length <= LONGEST_LABEL) ?? texts.at(-1) ?? latency;
}

function detailsOf(model: ProfiledModel, { text, now }: HintContext): HintDetails {
  const scenario = model.report.scenarios.find(({ latency }) => latency !== null);
  const latency = scenario?.latency;
  const rows: HintDetails['rows'] = [];
  if (scenario && latency)
    rows.push(
      {
        cells: [
          text('hints.row.median'),
          '',
          medianText(model) ?? duration(latency.medianNs),
          text('hints.row.runs', {
            runs: scenario.run.measuredRuns,
            threads: scenario.run.threads,
            provider: providerLabel(scenario.run.provider),
          }),
        ],
      },
      {
        cells: [
          text('hints.row.profiled'),
          '',
          model.report.createdAt.slice(0, 10),
          ageText(model.report.createdAt, now, text),
        ],
      },
    );
  return {
    title: text('hints.title.model', { model: model.path.slice(model.path.lastIndexOf('/') + 1) }),
    rows,
    notes: [...(model.stale ? [text('hints.note.stale')] : []), text('hints.note.setting')],
    links: [
      { label: text('hints.action.profile'), action: { type: 'profile', modelPath: model.path } },
      { label: text('hints.action.turnOff'), action: { type: 'turnOff' } },
    ],
  };
}
