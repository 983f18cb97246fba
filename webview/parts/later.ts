/** What the next steps would give; plain while they have not been measured. */

import { html, type TemplateResult } from 'lit/html.js';
import { button } from '../controls/button.js';
import type { Context } from '../context.js';

const GIVES = ['page.cost.list.replicas', 'page.cost.list.money', 'page.cost.list.savings'] as const;

export function later(context: Context, tab: 'cost'): TemplateResult {
  const { text, actions } = context;
  return html`<section class="empty" aria-labelledby="later-title">
    <h2 id="later-title">${text(`page.${tab}.title`)}</h2>
    <p>${text(`page.${tab}.gives`)}</p>
    <ul class="gives">
      ${GIVES.map((code) => html`<li>${text(code)}</li>`)}
    </ul>
    <p class="faint">${text(`page.${tab}.notYet`)}</p>
    <div class="empty-actions">
      ${button({
        id: 'show-measured',
        label: text('page.later.show'),
        onClick: () => {
          actions.change({ tab: 'overview' });
          actions.reveal('#tab-overview');
        },
      })}
    </div>
  </section>`;
}
