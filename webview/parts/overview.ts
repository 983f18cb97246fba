/** The first view, in every state: sentences, layers, hotspots, and the rail. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { headline } from '../../src/format/views/headline.js';
import type { ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import type { Context } from '../context.js';
import { costSection } from './costView.js';
import { failureBanner, notes, staleBanner, stoppedBanner } from './banners.js';
import { emptyState } from './emptyState.js';
import { hotspots } from './hotspots.js';
import { layers } from './layers.js';
import { rail } from './rail.js';
import { sentences } from './sentences.js';
import { staticView } from './staticView.js';

export function isMeasured({ index }: Pick<Context, 'index'>): boolean {
  return index !== null && (index.scenario.latency !== null || index.scenario.kernels.length > 0);
}

export function overview(context: Context): TemplateResult {
  const { state, index } = context;
  const measured = isMeasured(context);
  const banners = html`${failureBanner(context, measured)} ${staleBanner(context)} ${stoppedBanner(context)}`;
  if (index && (measured || state.run)) return html`${banners} ${measuredView(context, index)}`;
  if (state.run)
    return html`${banners}
      <div class="columns">${rail(context, null)}</div>`;
  return html`${banners} ${state.failure ? nothing : emptyState(context)}
  ${state.report ? staticView(context, state.report) : nothing}`;
}

function measuredView(context: Context, index: ScenarioIndex): TemplateResult {
  const trialSeconds = context.state.trialSeconds ?? null;
  return html`${sentences(context, headline(index, context.state.run, context.text, trialSeconds, costSection(context)))}
    ${notes(context, index)}
    <div class="columns">
      <div class="content">${layers(context, index)} ${hotspots(context, index)}</div>
      ${rail(context, index)}
    </div>`;
}
