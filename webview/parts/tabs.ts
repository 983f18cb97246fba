/** Overview, what later steps give, and the less used views in a menu. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { icon } from '../controls/icon.js';
import { menuButton } from '../controls/menu.js';
import type { Context } from '../context.js';
import type { Tab } from '../state.js';

const MAIN = ['overview', 'quantization', 'cost'] as const;
const MORE = [
  'timeline',
  'roofline',
  'memory',
  'curve',
  'providers',
  'data',
  'compare',
  'operators',
  'rounds',
  'checks',
] as const;

export function tabs(context: Context): TemplateResult {
  const { text, ui } = context;
  const more = MORE.find((tab) => tab === ui.tab);
  return html`<nav class="tabs" data-roving aria-label=${text('page.tabs')}>
    <div class="tab-list" role="tablist" aria-label=${text('page.tabs')}>
      ${MAIN.map((tab) => tabButton(context, tab))}
    </div>
    ${menuButton(context, {
      id: 'tab-more',
      className: `tab ${more ? 'active' : ''}`,
      label: null,
      content: html`<span>${text('page.tab.more')}</span>${
          more ? html`<span class="tab-note">${text(`page.tab.${more}`)}</span>` : nothing
        }${icon('chevron-down')}`,
      items: MORE.map((tab) => ({
        label: text(`page.tab.${tab}`),
        checked: tab === ui.tab,
        onSelect: () => {
          choose(context, tab);
        },
      })),
    })}
  </nav>`;
}

function choose(context: Context, tab: Tab): void {
  context.actions.change({ tab });
}

function tabButton(context: Context, tab: (typeof MAIN)[number]): TemplateResult {
  const { text, ui } = context;
  const active = ui.tab === tab;
  return html`<button
    type="button"
    role="tab"
    id="tab-${tab}"
    class="tab ${active ? 'active' : ''}"
    aria-selected=${String(active)}
    aria-controls="view"
    data-roving-item
    ?data-roving-first=${active}
    @click=${() => {
      choose(context, tab);
    }}
  >
    <span>${text(`page.tab.${tab}`)}</span>${
      tab === 'overview' ? nothing : html`<span class="tab-note">${text(`page.tab.${tab}.note`)}</span>`
    }
  </button>`;
}
