/** The kernels of a comparison: a table to sort, filter and open, by keyboard too. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { live as liveValue } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import { count, integer } from '../../src/format/units.js';
import { countsText, type GroupSort } from '../../src/format/views/comparison.js';
import { groupLine, groupRows, operatorNames, type GroupRow } from '../../src/format/views/comparisonRows.js';
import { plainName } from '../../src/format/views/names.js';
import { operatorName } from '../../src/format/views/scenarioIndex.js';
import type { Comparison, GroupVerdict, ScenarioComparison } from '../../src/protocol/compare.js';
import { linkButton } from '../controls/button.js';
import { icon } from '../controls/icon.js';
import { middleEllipsis } from '../controls/middleEllipsis.js';
import { styles } from '../controls/styles.js';
import type { Context } from '../context.js';
import { openKernel } from './segmentActions.js';
import { MOST_ROWS } from './viewFrame.js';

export const GROUP_ICONS: Record<GroupVerdict, string> = {
  slower: 'arrow-up',
  faster: 'arrow-down',
  new: 'add',
  gone: 'remove',
  same: 'dash',
  unknown: 'question',
};

interface Column {
  id: string;
  sort: GroupSort | null;
  label: string;
  className: string;
}

export function compareGroups(context: Context, comparison: Comparison, compared: ScenarioComparison): TemplateResult {
  const { text, ui } = context;
  const table = groupRows(
    compared,
    {
      sort: ui.compareSort,
      descending: ui.compareDescending,
      filter: ui.compareFilter,
      all: ui.compareAll,
      limit: MOST_ROWS,
    },
    text,
  );
  const hidden = table.matching - table.rows.length;
  return html`<section class="compare-groups" aria-labelledby="compare-groups-title">
    <div class="section-head">
      <h2 id="compare-groups-title">${text('compare.section.groups')}</h2>
      <span class="faint" role="status"
        >${text('compare.page.shown', { shown: integer(table.rows.length), total: integer(table.total) })}</span
      >
      <span class="spring"></span>
      ${filterField(context)} ${allBox(context)}
    </div>
    <p class="note">${countsText(compared, text)}</p>
    ${table.rows.length === 0 ? emptyTable(context, table.total) : groupTable(context, comparison, table.rows)}
    ${hidden > 0 ? html`<p class="note">${text('compare.page.more', { number: integer(hidden) })}</p>` : nothing}
  </section>`;
}

function emptyTable({ text, ui, actions }: Context, total: number): TemplateResult | typeof nothing {
  if (total === 0) return nothing;
  const filtered = ui.compareFilter !== '';
  return html`<p class="waiting">
    ${text(filtered ? 'compare.page.noMatch' : 'compare.page.noChange')}
    ${linkButton({
      label: text('compare.page.clear'),
      onClick: () => {
        actions.change({ compareFilter: '', compareAll: true });
        actions.reveal('#compare-filter');
      },
    })}
  </p>`;
}

function filterField({ text, ui, actions }: Context): TemplateResult {
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && ui.compareFilter !== '') {
      event.stopPropagation();
      actions.change({ compareFilter: '' });
    } else if (event.key === 'ArrowDown') {
      event.preventDefault();
      actions.reveal('.compare-row[tabindex="0"]');
    }
  };
  return html`<vscode-text-field
    id="compare-filter"
    class="filter"
    aria-label=${text('compare.page.filter')}
    placeholder=${text('compare.page.filterExample')}
    maxlength="500"
    .value=${liveValue(ui.compareFilter)}
    @input=${(event: Event) => {
      actions.change({ compareFilter: (event.target as HTMLInputElement).value });
    }}
    @keydown=${onKey}
    ><span slot="start">${icon('filter')}</span></vscode-text-field
  >`;
}

const allBox = ({ text, ui, actions }: Context): TemplateResult =>
  html`<label class="compare-only"
    ><input
      type="checkbox"
      .checked=${liveValue(!ui.compareAll)}
      @change=${(event: Event) => {
        actions.change({ compareAll: !(event.target as HTMLInputElement).checked });
      }}
    />${text('compare.page.onlyTelling')}</label
  >`;

function columnsOf({ text }: Context): Column[] {
  const column = (
    id: 'kernel' | 'before' | 'now' | 'change' | 'interval' | 'verdict',
    sort: GroupSort | null,
    className = '',
  ) => ({
    id,
    sort,
    className,
    label: text(`compare.column.${id}`),
  });
  return [
    column('kernel', 'name'),
    column('before', 'before', 'number'),
    column('now', 'now', 'number'),
    column('change', 'difference', 'number'),
    column('interval', null, 'number wide-only'),
    column('verdict', 'verdict'),
  ];
}

function groupTable(context: Context, comparison: Comparison, rows: readonly GroupRow[]): TemplateResult {
  const { actions, text } = context;
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === '/' && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      actions.reveal('#compare-filter');
    }
  };
  return html`<table
    class="plain-table view-table compare-table"
    data-roving="vertical"
    aria-label=${text('compare.section.groups')}
    @keydown=${onKey}
  >
    <thead>
      <tr>
        ${columnsOf(context).map((column) => head(context, column))}
      </tr>
    </thead>
    <tbody>
      ${repeat(
        rows,
        (row) => row.key,
        (row) => groupRow(context, comparison, row),
      )}
    </tbody>
  </table>`;
}

function head({ ui, actions }: Context, { sort, label, className }: Column): TemplateResult {
  if (sort === null) return html`<th scope="col" class=${className}>${label}</th>`;
  const active = ui.compareSort === sort;
  const direction = ui.compareDescending ? 'descending' : 'ascending';
  return html`<th scope="col" class=${className} aria-sort=${active ? direction : 'none'}>
    <button
      type="button"
      class="sort"
      data-sort=${sort}
      @click=${() => {
        actions.change({ compareSort: sort, compareDescending: active ? !ui.compareDescending : sort !== 'name' });
      }}
    >
      <span class="ellipsis">${label}</span>${active ? icon(ui.compareDescending ? 'arrow-down' : 'arrow-up') : nothing}
    </button>
  </th>`;
}

function groupRow(context: Context, comparison: Comparison, row: GroupRow): TemplateResult {
  const open = context.ui.expanded.includes(row.key);
  return html`<tr class="compare-line ${row.verdict}">
      <td>${nameCell(context, row, open)}</td>
      <td class="number">${row.before}</td>
      <td class="number">${row.now}</td>
      <td class="number change-cell">
        <span class="compare-bar ${row.bar < 0 ? 'less' : 'more'}" aria-hidden="true"
          ><span
            class="compare-bar-fill"
            ${styles({ width: `${Math.min(100, Math.abs(row.bar) * 100)}%` })}
          ></span></span
        >${row.change}
      </td>
      <td class="number wide-only faint">${row.interval}</td>
      <td class="verdict ${row.verdict}">${icon(GROUP_ICONS[row.verdict])}<span>${row.verdictText}</span></td>
    </tr>
    ${open ? detailRow(context, comparison, row) : nothing}`;
}

/** The row's one stop: opens it, and holds the cause where there is one. */
function nameCell(context: Context, row: GroupRow, open: boolean): TemplateResult {
  const { text, actions, ui } = context;
  const toggle = (): void => {
    actions.change({
      expanded: open ? ui.expanded.filter((key) => key !== row.key) : [...ui.expanded.slice(-199), row.key],
    });
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === (open ? 'ArrowLeft' : 'ArrowRight')) {
      event.preventDefault();
      toggle();
    } else if (event.key === 'c' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      actions.post({ type: 'copy', text: groupLine(row, text) });
    }
  };
  return html`<button
      type="button"
      class="compare-row"
      data-row=${row.key}
      data-roving-item
      aria-expanded=${String(open)}
      title=${`${row.name} · ${row.kernels}`}
      @click=${toggle}
      @keydown=${onKey}
    >
      ${icon(open ? 'chevron-down' : 'chevron-right')}<span class="compare-name"
        >${middleEllipsis(row.name.slice(0, 240))}</span
      ><span class="compare-kernels faint">${row.kernels}</span></button
    >${row.cause === '' ? nothing : html`<span class="compare-cause">${row.cause}</span>`}`;
}

function detailRow(context: Context, comparison: Comparison, row: GroupRow): TemplateResult {
  const { text, state, index } = context;
  const { group } = row;
  const isShown = state.report?.reportId === comparison.new.reportId;
  const nameOf = (id: string): string | null => {
    const operator = isShown ? index?.operators.get(id) : undefined;
    return operator && index ? operatorName(index, operator) : null;
  };
  const sameIds = group.baseOperatorIds.join() === group.newOperatorIds.join();
  const lines = [
    group.causes.length === 0 ? text('compare.page.noCause') : '',
    text('compare.page.operators', {
      before: operatorNames(group.baseOperatorIds, sameIds ? nameOf : () => null),
      now: operatorNames(group.newOperatorIds, nameOf),
    }),
    group.baseMacs === null && group.newMacs === null
      ? ''
      : text('compare.page.macs', { before: count(group.baseMacs), now: count(group.newMacs) }),
    group.module === '' ? '' : text('compare.page.module', { module: plainName(group.module) }),
  ].filter((line) => line !== '');
  const kernel = isShown ? group.newKernelIds[0] : undefined;
  return html`<tr class="compare-detail">
    <td colspan=${context.narrow ? 5 : 6}>
      ${lines.map((line) => html`<p class="note">${line}</p>`)}
      ${
        kernel === undefined || !index
          ? nothing
          : linkButton({
              label: text('compare.page.show'),
              onClick: () => {
                openKernel(context, index, kernel);
              },
            })
      }
    </td>
  </tr>`;
}
