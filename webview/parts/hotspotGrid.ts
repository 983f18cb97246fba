/** The table of hotspots; only the rows in sight are in the document. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { ref } from 'lit/directives/ref.js';
import { repeat } from 'lit/directives/repeat.js';
import { styles } from '../controls/styles.js';
import { hotspotColumns, type HotspotColumns } from '../../src/format/views/hotspotText.js';
import type { HotspotTable, SortKey } from '../../src/format/views/hotspots.js';
import type { ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import { icon } from '../controls/icon.js';
import type { Context } from '../context.js';
import { gridRow } from './hotspotRow.js';
import { gridKeys } from './hotspotKeys.js';
import { rowWindow } from './rowWindow.js';

interface Column {
  id: 'share' | 'time' | 'name' | 'shape' | 'macs' | 'gflops' | 'trust';
  label: string;
  sort: SortKey | null;
  number: boolean;
}

function columnsOf({ text, ui }: Context, columns: HotspotColumns): Column[] {
  const macs =
    columns.macs.label === ''
      ? text('page.hotspots.column.macsPlain')
      : text('page.hotspots.column.macs', { unit: columns.macs.label });
  return [
    { id: 'share', label: text('page.hotspots.column.share'), sort: 'share', number: true },
    { id: 'time', label: text('page.hotspots.column.time', { unit: columns.time.label }), sort: 'time', number: true },
    {
      id: 'name',
      label: text(ui.groupBy === 'kernel' ? 'page.hotspots.column.name' : 'page.hotspots.column.nameGroup'),
      sort: 'name',
      number: false,
    },
    { id: 'shape', label: text('page.hotspots.column.shape'), sort: null, number: false },
    { id: 'macs', label: macs, sort: 'macs', number: true },
    { id: 'gflops', label: text('page.hotspots.column.gflops'), sort: 'gflops', number: true },
    { id: 'trust', label: text('page.hotspots.column.trust'), sort: null, number: false },
  ];
}

export function hotspotGrid(context: Context, index: ScenarioIndex, table: HotspotTable): TemplateResult {
  const columns = hotspotColumns(table);
  const heads = columnsOf(context, columns);
  const window = rowWindow(context, table.rows);
  return html`<div
    id="hotspot-grid"
    class="grid"
    role="treegrid"
    aria-labelledby="hotspots-title"
    aria-rowcount=${table.rows.length + 1}
    @keydown=${gridKeys(context, index, table, window)}
  >
    <div role="rowgroup">
      <div class="grid-line grid-head" role="row" aria-rowindex="1">
        ${heads.map((column) => head(context, column))}
      </div>
    </div>
    <div class="grid-body" role="rowgroup" ${styles({ height: `${window.totalHeight}px` })} ${ref(window.attach)}>
      ${repeat(
        window.items,
        (item) => item.row.key,
        (item) =>
          html`<div
            class="grid-item"
            role="presentation"
            data-index=${item.position}
            ${styles({ transform: `translateY(${item.top}px)` })}
            ${ref(window.measure)}
          >
            ${gridRow(context, index, table, columns, item)}
          </div>`,
      )}
    </div>
  </div>`;
}

function head({ ui, actions }: Context, column: Column): TemplateResult {
  const className = `cell cell-${column.id} ${column.number ? 'number' : ''}`;
  if (column.sort === null) return html`<span role="columnheader" class=${className}>${column.label}</span>`;
  const sort = column.sort;
  const active = ui.sort === sort;
  const direction = ui.descending ? 'descending' : 'ascending';
  return html`<span role="columnheader" class=${className} aria-sort=${active ? direction : 'none'}
    ><button
      type="button"
      class="sort"
      data-sort=${sort}
      @click=${() => {
        actions.change({ sort, descending: active ? !ui.descending : sort !== 'name' });
      }}
    >
      <span class="ellipsis">${column.label}</span>${active ? icon(ui.descending ? 'arrow-down' : 'arrow-up') : nothing}
    </button></span
  >`;
}
