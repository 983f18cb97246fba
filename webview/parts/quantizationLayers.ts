/** Every layer of a trial: verdict in icon and word, reason, and on opening every method that was tried on it. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { live as liveValue } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import { decimal, duration, durationUnit, integer, inUnit, type Unit } from '../../src/format/units.js';
import { parseLayerFilter } from '../../src/format/views/quantizationFilter.js';
import {
  countLayers,
  LAYER_SORTS,
  layerRow,
  sortLayers,
  type LayerRow,
  type LayerSort,
} from '../../src/format/views/quantizationLayers.js';
import type { PlanRow, QuantizationView } from '../../src/format/views/quantization.js';
import type { ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import { linkButton } from '../controls/button.js';
import { icon } from '../controls/icon.js';
import { middleEllipsis } from '../controls/middleEllipsis.js';
import type { Context } from '../context.js';
import type { QuantizationUi } from '../quantizationState.js';
import { howButton } from './how.js';
import { layerDetail } from './quantizationDetail.js';
import { openKernel } from './segmentActions.js';

const SHOWN_WIDE = 20;
const SHOWN_NARROW = 10;
const MOST_SHOWN = 1000;

const VERDICT_ICONS = {
  quantize: ['pass', 'good'],
  keepFloat: ['circle-slash', ''],
  notSupported: ['dash', 'faint'],
  faster: ['arrow-up', 'good'],
  slower: ['arrow-down', ''],
  same: ['remove', 'faint'],
} as const;

export function layerTable(
  context: Context,
  index: ScenarioIndex,
  view: QuantizationView,
  chosen: PlanRow | null,
): TemplateResult {
  const { text, ui, narrow } = context;
  const { sort, descending, filter: query, showAll } = ui.quantization;
  const { section, synthetic } = view;
  const missedDb = view.recommended === null && section.recommended !== null ? view.targetDb : null;
  const of = { index, plan: chosen?.plan ?? null, synthetic, missedDb, text };
  const rows = section.layers.map((layer) => layerRow(layer, of));
  const filter = parseLayerFilter(query);
  const matching = sortLayers(
    rows.filter((row) => filter.matches(row)),
    sort,
    descending,
  );
  const limit = showAll || !filter.empty ? MOST_SHOWN : narrow ? SHOWN_NARROW : SHOWN_WIDE;
  const shown = matching.slice(0, limit);
  return html`<section id="quant-layers" aria-labelledby="quant-layers-title">
    <div class="section-head">
      <h2 id="quant-layers-title">${text('page.quant.layers')}</h2>
      <span class="faint" role="status"
        >${filter.empty ? countLayers(rows, text) : text('page.quant.matching', { matching: integer(matching.length), total: integer(rows.length) })}
        ${chosen && !synthetic ? text('page.quant.layersOf', { letter: chosen.letter }) : ''}</span
      >
      <span class="spring"></span>
      ${howButton(context, 'trials', text('page.quant.layers'))} ${filterField(context)} ${sortSelect(context)}
    </div>
    ${
      filter.unread.length === 0
        ? nothing
        : html`<p class="note" role="alert">
            ${text('page.quant.filterUnread', { words: filter.unread.join(' '), help: text('page.quant.filterHelp') })}
          </p>`
    }
    ${shown.length === 0 ? noMatch(context) : table(context, index, shown)}
    ${matching.length > shown.length && limit < MOST_SHOWN ? more(context, matching.length - shown.length) : nothing}
    <p class="note">${text('page.quant.layersNote')}</p>
  </section>`;
}

function change({ ui, actions }: Context, patch: Partial<QuantizationUi>): void {
  actions.change({ quantization: { ...ui.quantization, ...patch } });
}

const noMatch = (context: Context): TemplateResult =>
  html`<p class="waiting">
    ${context.text('page.quant.noMatch')}
    ${linkButton({
      label: context.text('page.hotspots.clear'),
      onClick: () => {
        change(context, { filter: '' });
        context.actions.reveal('#layer-filter');
      },
    })}
  </p>`;

const more = (context: Context, number: number): TemplateResult =>
  html`<p class="quant-more">
    ${linkButton({
      id: 'layers-all',
      label: context.text('page.quant.showAll', { number: integer(number) }),
      onClick: () => {
        change(context, { showAll: true });
      },
    })}
  </p>`;

function filterField(context: Context): TemplateResult {
  const { text, ui, actions } = context;
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && ui.quantization.filter !== '') {
      event.stopPropagation();
      change(context, { filter: '' });
    } else if (event.key === 'ArrowDown') {
      event.preventDefault();
      actions.reveal('.quant-layer[tabindex="0"]');
    }
  };
  return html`<vscode-text-field
    id="layer-filter"
    class="filter"
    aria-label=${text('page.quant.filter')}
    placeholder=${text('page.quant.filterExample')}
    title=${text('page.quant.filterHelp')}
    maxlength="500"
    .value=${liveValue(ui.quantization.filter)}
    @input=${(event: Event) => {
      change(context, { filter: (event.target as HTMLInputElement).value });
    }}
    @keydown=${onKey}
    ><span slot="start">${icon('filter')}</span></vscode-text-field
  >`;
}

const defaultDescending = (sort: LayerSort): boolean => sort !== 'name' && sort !== 'sqnr';

function sortSelect(context: Context): TemplateResult {
  const { text, ui } = context;
  return html`<span class="select"
    ><select
      id="layer-sort"
      aria-label=${text('page.quant.sortBy')}
      .value=${liveValue(ui.quantization.sort)}
      @change=${(event: Event) => {
        const sort = LAYER_SORTS.find((one) => one === (event.target as HTMLSelectElement).value) ?? 'saved';
        change(context, { sort, descending: defaultDescending(sort) });
      }}
    >
      ${LAYER_SORTS.map((one) => html`<option value=${one} ?selected=${one === ui.quantization.sort}>${text(`page.quant.sort.${one}`)}</option>`)}</select
    >${icon('chevron-down')}</span
  >`;
}

interface Head {
  label: string;
  sort: LayerSort | null;
  className: string;
}

function heads({ text }: Context, unit: Unit): Head[] {
  const head = (label: string, sort: LayerSort | null, className = ''): Head => ({ label, sort, className });
  return [
    head(text('page.quant.column.layer'), 'name'),
    head(text('page.quant.column.shape'), null, 'wide-only'),
    head(text('page.quant.column.float', { unit: unit.label }), 'float', 'number wide-only'),
    head(text('page.quant.column.int8', { unit: unit.label }), 'int8', 'number wide-only'),
    head(text('page.quant.column.factor'), 'factor', 'number'),
    head(text('page.quant.column.alone'), 'sqnr', 'number'),
    head(text('page.quant.column.verdict'), 'verdict'),
    head(text('page.quant.column.reason'), null, 'wide-only'),
  ];
}

function table(context: Context, index: ScenarioIndex, rows: readonly LayerRow[]): TemplateResult {
  const { text } = context;
  const unit = durationUnit(Math.max(1, ...rows.map(({ floatNs }) => floatNs ?? 0)));
  const all = heads(context, unit);
  return html`<table
    class="plain-table quant-layers"
    role="treegrid"
    data-roving="vertical"
    aria-label=${text('page.quant.layers')}
    @keydown=${keys(context, index, rows)}
  >
    <thead>
      <tr role="row">
        ${all.map((head) => headCell(context, head))}
      </tr>
    </thead>
    <tbody>
      ${repeat(
        rows,
        (row) => row.layer.operatorId,
        (row) => layerLine(context, index, row, unit, all.length),
      )}
    </tbody>
  </table>`;
}

function headCell(context: Context, { label, sort, className }: Head): TemplateResult {
  if (sort === null) return html`<th scope="col" role="columnheader" class=${className}>${label}</th>`;
  const { quantization } = context.ui;
  const active = quantization.sort === sort;
  const direction = quantization.descending ? 'descending' : 'ascending';
  return html`<th scope="col" role="columnheader" class=${className} aria-sort=${active ? direction : 'none'}>
    <button
      type="button"
      class="sort"
      data-sort=${sort}
      @click=${() => {
        change(context, { sort, descending: active ? !quantization.descending : defaultDescending(sort) });
      }}
    >
      ${label}${active ? icon(quantization.descending ? 'arrow-down' : 'arrow-up') : nothing}
    </button>
  </th>`;
}

function toggle(context: Context, { layer }: LayerRow): void {
  const { expanded } = context.ui.quantization;
  const id = layer.operatorId;
  const open = expanded.includes(id);
  change(context, { expanded: open ? expanded.filter((one) => one !== id) : [...expanded.slice(-199), id] });
}

function layerLine(context: Context, index: ScenarioIndex, row: LayerRow, unit: Unit, columns: number): TemplateResult {
  const { text, ui } = context;
  const id = row.layer.operatorId;
  const open = ui.quantization.expanded.includes(id);
  const [name, colour] = VERDICT_ICONS[row.verdict];
  const time = (ns: number | null): string => inUnit(ns, unit, 2);
  return html`<tr
      class="quant-layer ${open ? 'open' : ''}"
      role="row"
      aria-level="1"
      aria-expanded=${String(open)}
      data-layer=${id}
      data-roving-item
      @click=${() => {
        toggle(context, row);
      }}
    >
      <td role="gridcell" class="layer-name">
        <span class="layer-cell" title=${row.name}
          >${icon(open ? 'chevron-down' : 'chevron-right')}${middleEllipsis(row.name.slice(0, 240))}</span
        >
      </td>
      <td role="gridcell" class="faint wide-only">${row.shape === '' ? '–' : row.shape}</td>
      <td role="gridcell" class="number wide-only">${time(row.floatNs)}</td>
      <td role="gridcell" class="number wide-only">${time(row.int8Ns)}</td>
      <td role="gridcell" class="number">${decimal(row.factor, 2)}</td>
      <td role="gridcell" class="number">${alone(context, row)}</td>
      <td role="gridcell" class="layer-verdict">
        ${icon(name, colour)} ${text(`page.quant.verdictOf.${row.verdict}`)}
      </td>
      <td role="gridcell" class="layer-reason wide-only">${row.reason}</td>
    </tr>
    ${open ? layerDetail(context, index, row, columns) : nothing}`;
}

function alone({ text }: Context, { sqnrDb, layer }: LayerRow): TemplateResult | string {
  if (sqnrDb !== null) return decimal(sqnrDb, 1);
  return layer.trials.length === 0 ? '–' : html`<span class="faint">${text('page.unknown')}</span>`;
}

/** Right opens, left closes, Enter leads to the kernel, `/` to the filter, Ctrl+C copies the row. */
function keys(context: Context, index: ScenarioIndex, rows: readonly LayerRow[]): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.key === '/' && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      context.actions.reveal('#layer-filter');
      return;
    }
    const element = event.target instanceof HTMLElement ? event.target : null;
    const row = rows.find(({ layer }) => layer.operatorId === element?.dataset['layer']);
    if (!row) return;
    const open = context.ui.quantization.expanded.includes(row.layer.operatorId);
    if (event.key === (open ? 'ArrowLeft' : 'ArrowRight') || event.key === ' ') toggle(context, row);
    else if (event.key === 'Enter') showKernel(context, index, row);
    else if (event.key === 'c' && (event.ctrlKey || event.metaKey)) copy(context, row);
    else return;
    event.preventDefault();
  };
}

/** Its row in the hotspots; where it was not traced, its own detail. */
export function showKernel(context: Context, index: ScenarioIndex, row: LayerRow): void {
  const id = kernelIdOf(index, row);
  if (id === null) toggle(context, row);
  else openKernel(context, index, id);
}

export const kernelIdOf = ({ scenario }: ScenarioIndex, { layer }: LayerRow): string | null =>
  scenario.kernels.find(({ operatorIds }) => operatorIds.includes(layer.operatorId))?.id ?? null;

function copy({ text, actions }: Context, row: LayerRow): void {
  if ((document.getSelection()?.toString() ?? '') !== '') return;
  const line = text('page.quant.layerRow', {
    name: row.name,
    shape: row.shape === '' ? '–' : row.shape,
    float: duration(row.floatNs),
    int8: duration(row.int8Ns),
    factor: decimal(row.factor, 2),
    sqnr: row.sqnrDb === null ? text('page.unknown') : `${decimal(row.sqnrDb, 1)} dB`,
    verdict: text(`page.quant.verdictOf.${row.verdict}`),
    reason: row.reason,
  });
  actions.post({ type: 'copy', text: line });
}
