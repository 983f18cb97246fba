/** Cost: assumptions, the answer, machines, charts, what would save next; the rest behind "More". */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { writtenSentences } from '../../src/format/views/costWritten.js';
import {
  answerAnnounced,
  answerOption,
  answerSentence,
  apartSentence,
  autoscaledSentence,
} from '../../src/format/views/costAnswer.js';
import { batchingSentence } from '../../src/format/views/costBatching.js';
import { requestSentences, staleSentences } from '../../src/format/views/costRequest.js';
import { costRows } from '../../src/format/views/costRows.js';
import { roomLines, savingLines } from '../../src/format/views/costSavings.js';
import { richText } from '../../src/format/views/richText.js';
import type { CostSection } from '../../src/protocol/cost.js';
import { button, linkButton } from '../controls/button.js';
import { rich } from '../controls/facts.js';
import { icon } from '../controls/icon.js';
import type { Context } from '../context.js';
import { failureBanner } from './banners.js';
import { costCharts } from './costCharts.js';
import { costControls } from './costControls.js';
import { costMachines } from './costMachines.js';
import { costMore } from './costMore.js';
import { later } from './later.js';

/** What the host reckoned last; of an exported file, what its report holds. */
export const costSection = ({ state }: Pick<Context, 'state'>): CostSection | null =>
  state.cost?.section ?? state.report?.cost ?? null;

/** Of every price: it stands below the table. */
const PRICES_OF = /^cost\.caveat\.notIncluded/;

export function costView(context: Context): TemplateResult {
  const section = costSection(context);
  if (!section) return later(context, 'cost');
  const { text } = context;
  return html`<section class="cost" aria-label=${text('page.tab.cost')}>
    ${failureBanner(context, true, 'cost')} ${costControls(context, section)} ${answer(context, section)}
    ${costMachines(context, section)}
    <div class="cost-columns">${costCharts(context, section)} ${next(context, section)}</div>
    ${costMore(context, section)}
    <div class="visually-hidden" role="status">${answerAnnounced(section, text)}</div>
  </section>`;
}

function answer(context: Context, section: CostSection): TemplateResult {
  const { text, live, actions, state } = context;
  const apart = apartSentence(section, text);
  const [first] = section.indistinct ?? [];
  const shown = answerOption(section);
  const key = costRows(section, text).find(({ option }) => option === shown)?.key;
  return html`<div class="cost-answer">
    <div class="cost-answer-row">
      ${icon('credit-card')}
      <div class="cost-answer-text">
        <p class="cost-sentence">${rich(answerSentence(section, text))}</p>
        ${[autoscaledSentence(section, text), batchingSentence(section, text), apart].map((line) => (line === null ? nothing : html`<p class="faint">${line}</p>`))}
      </div>
      ${
        key === undefined
          ? nothing
          : linkButton({
              label: text('page.cost.how'),
              className: 'how',
              onClick: () => {
                actions.change({ expanded: [...new Set([...context.ui.expanded, key])] });
                actions.reveal(`[data-cost-row="${CSS.escape(key)}"]`);
              },
            })
      }
      ${live ? primary(context, section, first) : nothing}
    </div>
    ${written(context, section)} ${request(context)} ${stale(context, section)}
    ${caveats(context, section).map(
      (line) =>
        html`<div class="cost-answer-row note-row">
          ${icon('info')}
          <p>${line}</p>
        </div>`,
    )}
    ${
      state.cost && !state.cost.capacityMeasured && live
        ? html`<div class="cost-answer-row note-row">
            ${icon('info')}
            <p>${text('page.cost.capacityUnknown')}</p>
            ${linkButton({
              id: 'measure-capacity',
              label: text('page.cost.measureCapacity'),
              onClick: () => {
                actions.post({ type: 'measureCapacity' });
              },
            })}
          </div>`
        : nothing
    }
  </div>`;
}

function request({ text, state }: Context): TemplateResult | typeof nothing {
  const pipeline = state.cost?.request;
  if (!pipeline) return nothing;
  const [what, leftOut] = requestSentences(pipeline, text);
  return html`<div class="cost-answer-row note-row cost-request">
    ${icon('list-ordered')}
    <p><strong>${what}</strong> ${leftOut}</p>
  </div>`;
}

/** Models of the request whose file is another one than was measured. */
function stale({ text }: Context, { steps }: CostSection): TemplateResult[] {
  return staleSentences(steps, new Date(), text).map(
    (sentence) =>
      html`<div class="cost-answer-row note-row cost-stale">
        ${icon('warning')}
        <p>${sentence}</p>
      </div>`,
  );
}

/** What the config that led here asks for. */
function written({ text, ui, actions, state }: Context, section: CostSection): TemplateResult | typeof nothing {
  const { costAsked } = state;
  if (!costAsked || costAsked.at <= ui.costDismissedAt) return nothing;
  const sentences = writtenSentences(section, costAsked, text);
  if (!sentences) return nothing;
  return html`<div class="cost-answer-row note-row cost-written">
    ${icon('file-code')}
    <p>${sentences.map((sentence) => html`${rich(sentence)} `)}</p>
    ${linkButton({
      id: 'dismiss-written',
      label: text('page.cost.written.close'),
      onClick: () => {
        actions.change({ costDismissedAt: costAsked.at });
      },
    })}
  </div>`;
}

/** The one button: what would make the answer surer. */
function primary(context: Context, { assumptions }: CostSection, first: string | undefined): TemplateResult {
  const { text, actions } = context;
  if (assumptions.rate === null)
    return button({
      id: 'set-rate',
      label: text('page.headline.set'),
      primary: true,
      onClick: () => {
        actions.reveal('#cost-rate');
      },
    });
  if (first === undefined) return html``;
  return button({
    id: 'measure-first',
    label: text('page.cost.measureFirst', { instance: first }),
    primary: true,
    onClick: () => {
      actions.post({ type: 'measureThere', instance: first });
    },
  });
}

function caveats({ text }: Context, section: CostSection): (TemplateResult | TemplateResult[] | string)[] {
  return (section.caveats ?? [])
    .filter(({ code }) => !PRICES_OF.test(code))
    .map((caveat) =>
      caveat.code === 'serving.modelCallsOnly'
        ? html`${rich(richText(text, 'page.cost.modelCallsOnly'))}`
        : text.message(caveat),
    );
}

function next({ text }: Context, section: CostSection): TemplateResult {
  const lines = savingLines(section, text);
  const room = roomLines(section, text);
  return html`<aside class="cost-next" aria-label=${text('page.cost.next')}>
    <h2>${text('page.cost.next')}</h2>
    ${lines.length === 0 ? html`<p class="faint">${text('page.cost.next.nothing')}</p>` : nothing}
    ${lines.map((line) => html`<p class="cost-saving">${rich(line.head)}<br /><span class="faint">${line.text}</span></p>`)}
    ${
      room.length === 0
        ? nothing
        : html`<h2>${text('page.cost.room')}</h2>
            <p class="faint">${room.join(' ')}</p>`
    }
  </aside>`;
}
