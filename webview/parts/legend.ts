import { html, type TemplateResult } from 'lit/html.js';
import { percent } from '../../src/format/units.js';
import { legend, type LegendEntry } from '../../src/format/views/layers.js';
import { shareOf, type ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import type { Context } from '../context.js';

/** Time by kind of work: a swatch, words and a share. */
export function legendRow(context: Context, index: ScenarioIndex): TemplateResult {
  return html`<ul class="legend" aria-label=${context.text('page.layers.legend')}>
    ${legend(index).map(
      (entry) =>
        html`<li>
          <span class="swatch fill-${entry.category}" aria-hidden="true"></span>${entryText(context, index, entry)}
        </li>`,
    )}
  </ul>`;
}

function entryText({ text }: Context, index: ScenarioIndex, entry: LegendEntry): string {
  const share = percent(shareOf(index, entry.timeNs), 1);
  if (entry.category === 'layout' || entry.category === 'outside')
    return text(`page.legend.${entry.category}`, { share });
  if (entry.category === 'other') return text('page.legend.other', { opType: entry.opTypes[0]?.opType ?? '', share });
  const named = entry.opTypes.slice(0, 2);
  const types = named
    .map((one) =>
      text('page.legend.computeType', { opType: one.opType, share: percent(shareOf(index, one.timeNs), 1) }),
    )
    .join(', ');
  const restNs = entry.timeNs - named.reduce((sum, one) => sum + one.timeNs, 0);
  if (entry.opTypes.length <= named.length) return text('page.legend.compute', { types });
  return text('page.legend.computeMore', { types, share: percent(shareOf(index, restNs), 1) });
}
