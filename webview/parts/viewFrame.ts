/** The frame of the views behind "More": one sentence, a picture, a table. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { kernelName } from '../../src/format/views/hotspotText.js';
import type { EvidenceSubject } from '../../src/format/views/evidence.js';
import type { RichText } from '../../src/format/views/richText.js';
import type { ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import type { Kernel } from '../../src/protocol/report.js';
import { iconButton } from '../controls/button.js';
import { rich } from '../controls/facts.js';
import { middleEllipsis } from '../controls/middleEllipsis.js';
import type { Context } from '../context.js';
import { howButton } from './how.js';
import { openKernel } from './segmentActions.js';

export const MOST_ROWS = 500;
/** Below a picture: the rows that matter most. */
export const FEW_ROWS = 12;

export interface ViewParts {
  title: string;
  sentence: RichText;
  evidence: EvidenceSubject | null;
  /** null where there is nothing to draw. */
  picture: TemplateResult | null;
  /** Every row in place of the picture, or the first ones below it. */
  table: (rows: number) => TemplateResult | typeof nothing;
  note?: string;
  more?: TemplateResult | typeof nothing;
}

export function viewFrame(context: Context, parts: ViewParts): TemplateResult {
  const { text, ui, actions } = context;
  const { picture, evidence } = parts;
  const asTable = ui.viewAsTable || picture === null;
  return html`<section class="view" aria-label=${parts.title}>
    <div class="view-sentence">
      <p>${rich(parts.sentence)}</p>
      ${evidence === null ? nothing : howButton(context, evidence, parts.title)}
      ${
        picture === null
          ? nothing
          : iconButton({
              id: 'view-toggle',
              className: 'chart-toggle',
              icon: ui.viewAsTable ? 'graph' : 'table',
              label: text(ui.viewAsTable ? 'page.view.asChart' : 'page.view.asTable'),
              onClick: () => {
                actions.change({ viewAsTable: !ui.viewAsTable });
              },
            })
      }
    </div>
    ${asTable ? nothing : html`<div class="picture">${picture}</div>`}
    ${parts.note === undefined ? nothing : html`<p class="note">${parts.note}</p>`}
    ${parts.table(asTable ? MOST_ROWS : FEW_ROWS)} ${parts.more ?? nothing}
  </section>`;
}

export const fullKernelName = ({ text }: Context, index: ScenarioIndex, kernel: Kernel): string => {
  const { title, subtitle } = kernelName(index, kernel, text);
  return subtitle === '' ? title : `${title} ${subtitle}`;
};

/** A kernel in a table: leads to its row in the hotspots. */
export function kernelLink(context: Context, index: ScenarioIndex, kernel: Kernel | null): TemplateResult | string {
  if (!kernel) return context.text('page.unknown');
  const name = fullKernelName(context, index, kernel);
  return html`<button
    type="button"
    class="link kernel-link"
    title=${name}
    data-roving-item
    @click=${() => {
      openKernel(context, index, kernel.id);
    }}
  >
    ${middleEllipsis(name.slice(0, 240))}
  </button>`;
}

/** What to say where a view has no data: one sentence, and what would give it some. */
export const emptyView = (title: string, sentence: RichText, how: string | null): TemplateResult =>
  html`<section class="view" aria-label=${title}>
    <div class="view-sentence"><p>${rich(sentence)}</p></div>
    ${how === null ? nothing : html`<p class="note">${how}</p>`}
  </section>`;
