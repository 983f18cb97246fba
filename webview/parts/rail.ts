/** Beside the table: progress while it runs, latency, memory, model, conditions. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { conditionFacts, memoryFacts, modelFacts } from '../../src/format/views/facts.js';
import { phaseRows, profilingRun, runClock } from '../../src/format/views/progress.js';
import type { ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import type { PageRun } from '../../src/protocol/webview.js';
import { factList } from '../controls/facts.js';
import { icon } from '../controls/icon.js';
import type { Context } from '../context.js';
import { howButton } from './how.js';
import { latencyBlock } from './latencyBlock.js';

export function rail(context: Context, index: ScenarioIndex | null): TemplateResult {
  const { text, state } = context;
  return html`<aside class="rail" aria-label=${text('page.conditions')}>
    ${state.run ? progressBlock(context, state.run) : nothing}
    ${
      index
        ? html`${latencyBlock(context, index)} ${memoryBlock(context, index)}
            <section class="rail-block">
              <h2>${text('page.model')}</h2>
              ${factList(modelFacts(index, text))}
            </section>
            <section class="rail-block">
              <h2>${text('page.conditions')}</h2>
              ${factList(conditionFacts(index, text))}
            </section>`
        : nothing
    }
  </aside>`;
}

const PHASE_ICONS = { waiting: 'circle-large', running: 'sync', done: 'check', skipped: 'dash' } as const;

export function progressBlock({ text }: Context, run: PageRun): TemplateResult {
  return html`<section class="rail-block" aria-labelledby="progress-title">
    <div class="rail-head">
      <h2 id="progress-title">${text('page.run.progress')}</h2>
      <span class="faint">${runClock(run, text)}</span>
    </div>
    <ul class="phases">
      ${phaseRows(run, text).map(
        (row) =>
          html`<li class="phase is-${row.state}">
            ${icon(PHASE_ICONS[row.state])}<span
              >${row.label}<span class="visually-hidden">, ${text(`page.phaseState.${row.state}`)}</span></span
            ><span class="phase-value">${row.value}</span>
          </li>`,
      )}
    </ul>
  </section>`;
}

function memoryBlock(context: Context, index: ScenarioIndex): TemplateResult {
  const { text, state } = context;
  const facts = memoryFacts(index, text);
  return html`<section class="rail-block">
    <div class="rail-head">
      <h2>${text('page.memory')}</h2>
      ${facts && !profilingRun(state.run) ? howButton(context, 'memory', text('page.memory'), false) : nothing}
    </div>
    ${
      facts
        ? html`${factList(facts)}
            <p class="note">${text('page.memory.server')}</p>`
        : html`<p class="note">${text(profilingRun(state.run) ? 'page.memory.waiting' : 'page.memory.none')}</p>`
    }
  </section>`;
}
