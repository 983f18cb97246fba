/** Overview, what later steps give, and the less used views in a menu. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { quantizationNote } from '../../src/format/views/quantizationVerdict.js';
import { costTabNote } from '../../src/format/views/costAnswer.js';
import { icon } from '../controls/icon.js';
import { menuButton } from '../controls/menu.js';
import type { Context } from '../context.js';
import type { Tab } from '../state.js';
import { alternativesOf, pruningOf } from './quantizationMore.js';

const MAIN = ['overview', 'quantization', 'cost'] as const;
const MORE = [
  'timeline',
  'roofline',
  'memory',
  'curve',
  'providers',
  'data',
  'compare',
  'pruning',
  'alternatives',
  'operators',
  'rounds',
  'checks',
  'trend',
  'provenance',
  'measure',
] as const;

/** What can be measured from the panel is listed there; in an exported page only what the report has. */
function isListed({ state, index, live }: Context, tab: (typeof MORE)[number]): boolean {
  if (live) return true;
  if (tab === 'pruning') return pruningOf(state.report, index?.scenario.id ?? null) !== null;
  if (tab === 'alternatives') return alternativesOf(state.report, index?.scenario.id ?? null) !== null;
  return true;
}

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
      items: MORE.filter((tab) => isListed(context, tab)).map((tab) => ({
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
      tab === 'overview' ? nothing : html`<span class="tab-note">${noteOf(context, tab)}</span>`
    }
  </button>`;
}

const noteOf = ({ text, state, index, ui }: Context, tab: 'quantization' | 'cost'): string =>
  tab === 'quantization'
    ? quantizationNote(state.report, index?.scenario.id ?? null, ui.quantization.targetDb, text)
    : (costTabNote(state.cost?.section ?? state.report?.cost ?? null, text) ?? text('page.tab.cost.note'));
