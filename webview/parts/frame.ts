/** The page's frame: header, chips, tabs, one view, the card over it, what is announced. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { styles } from '../controls/styles.js';
import { runFraction, runLine } from '../../src/format/views/progress.js';
import type { Context } from '../context.js';
import { evidenceCard } from './card.js';
import { chipRow } from './chipRow.js';
import { compareView } from './compareView.js';
import { costView } from './costView.js';
import { curveView } from './curveView.js';
import { header } from './header.js';
import { memoryView } from './memoryView.js';
import { checksView, operatorsView, roundsView } from './moreViews.js';
import { isMeasured, overview } from './overview.js';
import { dataView, providersView } from './providersView.js';
import { alternativesView, pruningView } from './quantizationMore.js';
import { quantizationView } from './quantizationView.js';
import { measureView, provenanceView } from './provenanceView.js';
import { rooflineView } from './rooflineView.js';
import { tabs } from './tabs.js';
import { trendView } from './trendView.js';
import { timelineView } from './timelineView.js';

export function frame(context: Context): TemplateResult {
  const { state, text } = context;
  const tried = (state.report?.quantization.length ?? 0) > 0;
  const withTabs = isMeasured(context) || tried || state.run !== null || state.failure !== null;
  const tab = withTabs ? context.ui.tab : 'overview';
  return html`
    <header class="page-header">${progressBar(context)} ${header(context)} ${chipRow(context)}</header>
    ${withTabs ? tabs(context) : nothing}
    <main>
      <div id="view" role=${withTabs ? 'tabpanel' : 'group'} aria-labelledby=${withTabs ? tabLabel(tab) : 'file-name'}>
        ${viewOf(context, tab)}
      </div>
    </main>
    ${context.card && context.index ? evidenceCard(context, context.index, context.card) : nothing}
    <div class="visually-hidden" role="status">${state.run ? announced(context) : ''}</div>
    <div class="visually-hidden" role="alert">${state.failure ? text.message(state.failure.message) : ''}</div>
  `;
}

const tabLabel = (tab: Context['ui']['tab']): string =>
  tab === 'overview' || tab === 'quantization' || tab === 'cost' ? `tab-${tab}` : 'tab-more';

function viewOf(context: Context, tab: Context['ui']['tab']): TemplateResult {
  switch (tab) {
    case 'overview':
      return overview(context);
    case 'quantization':
      return quantizationView(context);
    case 'cost':
      return costView(context);
    case 'pruning':
      return context.index ? pruningView(context, context.index) : nothingYet(context);
    case 'alternatives':
      return context.index ? alternativesView(context, context.index) : nothingYet(context);
    case 'operators':
      return operatorsView(context);
    case 'rounds':
      return roundsView(context);
    case 'compare':
      return compareView(context);
    case 'checks':
      return checksView(context);
    case 'trend':
      return trendView(context);
    case 'measure':
      return measureView(context);
    default:
      return context.index && isMeasured(context) ? MEASURED_VIEWS[tab](context, context.index) : nothingYet(context);
  }
}

const nothingYet = ({ text }: Context): TemplateResult => html`<p class="faint">${text('page.view.notMeasured')}</p>`;

const MEASURED_VIEWS = {
  timeline: timelineView,
  roofline: rooflineView,
  memory: memoryView,
  curve: curveView,
  providers: providersView,
  data: dataView,
  provenance: provenanceView,
};

/** By phase, not by run: a screen reader would never fall silent. */
function announced({ state, text }: Context): string {
  if (!state.run) return '';
  if (state.run.state !== 'running') return runLine(state.run, text);
  const phase = state.run.phases.find((one) => one.state === 'running');
  return phase ? text('page.run.announce', { phase: text(`page.phase.${phase.phase}`) }) : text('page.run.starting');
}

function progressBar({ state, text }: Context): TemplateResult | typeof nothing {
  if (!state.run) return nothing;
  const fraction = runFraction(state.run);
  return html`<div
    class="progress ${fraction === null ? 'indeterminate' : ''}"
    role="progressbar"
    aria-label=${text('page.run.progress')}
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuenow=${fraction === null ? nothing : Math.round(fraction * 100)}
  >
    <div class="progress-value" ${styles(fraction === null ? {} : { width: `${fraction * 100}%` })}></div>
  </div>`;
}
