/** Hotspots: the filter, the grouping, the table, the line that adds up. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { live as liveValue } from 'lit/directives/live.js';
import { duration, decimal, integer } from '../../src/format/units.js';
import { parseFilter } from '../../src/format/views/filter.js';
import { hotspotTable, type GroupBy, type HotspotTable } from '../../src/format/views/hotspots.js';
import { profilingRun } from '../../src/format/views/progress.js';
import type { ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import { linkButton } from '../controls/button.js';
import { icon } from '../controls/icon.js';
import type { Context } from '../context.js';
import { hotspotGrid } from './hotspotGrid.js';
import { howButton } from './how.js';

const GROUPS: readonly GroupBy[] = ['kernel', 'opType', 'module'];
const SHOWN_WIDE = 20;
const SHOWN_NARROW = 10;

export function hotspots(context: Context, index: ScenarioIndex): TemplateResult {
  const { text, ui, narrow, state } = context;
  const filter = parseFilter(index, ui.filter);
  const table = hotspotTable(index, {
    filter,
    sort: ui.sort,
    descending: ui.descending,
    groupBy: ui.groupBy,
    expanded: new Set(ui.expanded),
    limit: ui.showAll || !filter.empty ? Infinity : narrow ? SHOWN_NARROW : SHOWN_WIDE,
  });
  return html`<section id="hotspots" class="hotspots" aria-labelledby="hotspots-title">
    <div class="section-head">
      <h2 id="hotspots-title">${text('page.hotspots')}</h2>
      <span class="faint" role="status">${counted(context, index, table, filter.empty)}</span>
      <span class="spring"></span>
      ${filterField(context)} ${groupSelect(context)}
    </div>
    ${
      filter.unread.length > 0
        ? html`<p class="note" id="filter-problem" role="alert">
            ${text('page.hotspots.unread', { words: filter.unread.join(' '), help: text('page.hotspots.filterHelp') })}
          </p>`
        : nothing
    }
    ${
      table.total === 0
        ? html`<p class="waiting">${text(profilingRun(state.run) ? 'page.hotspots.waiting' : 'page.hotspots.none')}</p>`
        : hotspotGrid(context, index, table)
    }
    ${
      table.total > 0 && table.rows.length === 0
        ? html`<p class="waiting">
            ${text('page.hotspots.noMatch')}
            ${linkButton({
              label: text('page.hotspots.clear'),
              onClick: () => {
                context.actions.change({ filter: '' });
                context.actions.reveal('#filter');
              },
            })}
          </p>`
        : nothing
    }
    ${table.total > 0 ? sumLine(context, index) : nothing}
  </section>`;
}

function counted({ text, ui }: Context, index: ScenarioIndex, table: HotspotTable, all: boolean): string {
  if (index.draft && all)
    return text.plural('page.hotspots.draft', index.scenario.run.tracedRuns, {
      runs: integer(index.scenario.run.tracedRuns),
    });
  const [shown, matching, total] = [integer(table.shown), integer(table.matching), integer(table.total)];
  if (!all) return text('page.hotspots.matching', { matching, total });
  if (ui.groupBy !== 'kernel') return text('page.hotspots.groups', { shown, total });
  return table.shown === table.total
    ? text('page.hotspots.all', { total })
    : text('page.hotspots.shown', { shown, total });
}

function filterField(context: Context): TemplateResult {
  const { text, ui, narrow, actions } = context;
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && ui.filter !== '') {
      event.stopPropagation();
      actions.change({ filter: '' });
    } else if (event.key === 'ArrowDown') {
      event.preventDefault();
      actions.reveal('.grid-row[tabindex="0"]');
    }
  };
  return html`<vscode-text-field
    id="filter"
    class="filter"
    aria-label=${text('page.hotspots.filter')}
    placeholder=${text(narrow ? 'page.hotspots.filterExampleShort' : 'page.hotspots.filterExample')}
    title=${text('page.hotspots.filterHelp')}
    maxlength="500"
    .value=${liveValue(ui.filter)}
    @input=${(event: Event) => {
      actions.change({ filter: (event.target as HTMLInputElement).value });
    }}
    @keydown=${onKey}
    ><span slot="start">${icon('filter')}</span></vscode-text-field
  >`;
}

function groupSelect({ text, ui, actions }: Context): TemplateResult {
  return html`<span class="select"
    ><select
      id="group-by"
      aria-label=${text('page.hotspots.groupBy')}
      .value=${liveValue(ui.groupBy)}
      @change=${(event: Event) => {
        const groupBy = GROUPS.find((one) => one === (event.target as HTMLSelectElement).value) ?? 'kernel';
        actions.change({ groupBy, expanded: [] });
      }}
    >
      ${GROUPS.map((one) => html`<option value=${one} ?selected=${one === ui.groupBy}>${text(`page.hotspots.by.${one}`)}</option>`)}</select
    >${icon('chevron-down')}</span
  >`;
}

/** Where the rows' sum meets the median. */
function sumLine(context: Context, index: ScenarioIndex): TemplateResult {
  const { text, state } = context;
  const { kernels, overhead, latency } = index.scenario;
  const kernelsNs = kernels.reduce((sum, kernel) => sum + kernel.selfTimeNs, 0);
  const count = integer(kernels.length);
  if (!overhead || !latency || profilingRun(state.run))
    return html`<p class="sum note" id="hotspots-sum" tabindex="-1">
      ${text('page.hotspots.sumDraft', { count, kernels: duration(kernelsNs) })}
    </p>`;
  const scaled =
    overhead.scale === 1
      ? ''
      : text(overhead.scale < 0.8 || overhead.scale > 1.25 ? 'page.hotspots.indicative' : 'page.hotspots.scaled', {
          scale: decimal(overhead.scale, 2),
        });
  const sum = text('page.hotspots.sum', {
    count,
    kernels: duration(kernelsNs),
    outside: duration(overhead.timeNs),
    median: duration(latency.medianNs),
    cost: duration(overhead.eventCostNs),
  });
  return html`<p class="sum note" id="hotspots-sum" tabindex="-1">
    ${sum} ${scaled} ${howButton(context, 'hotspots', text('page.hotspots'), false)}
  </p>`;
}
