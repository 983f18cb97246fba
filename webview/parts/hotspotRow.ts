/** One row of the hotspots, and what stands under it when it is open. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { styles } from '../controls/styles.js';
import { duration } from '../../src/format/units.js';
import {
  hotspotCells,
  kernelDetail,
  type HotspotCells,
  type HotspotColumns,
} from '../../src/format/views/hotspotText.js';
import type { HotspotRow, HotspotTable } from '../../src/format/views/hotspots.js';
import { profilingRun } from '../../src/format/views/progress.js';
import { richText } from '../../src/format/views/richText.js';
import type { ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import { linkButton } from '../controls/button.js';
import { rich } from '../controls/facts.js';
import { icon } from '../controls/icon.js';
import { middleEllipsis } from '../controls/middleEllipsis.js';
import type { Context } from '../context.js';
import { copyRow, toggleRow } from './hotspotKeys.js';
import { howButton } from './how.js';
import type { WindowItem } from './rowWindow.js';

/** More of a name than any column shows; its title has the whole. */
const LONGEST_NAME = 240;

export function gridRow(
  context: Context,
  index: ScenarioIndex,
  table: HotspotTable,
  columns: HotspotColumns,
  item: WindowItem,
): TemplateResult {
  const { row } = item;
  const cells = hotspotCells(index, row, columns, context.text);
  const hasDetail = row.expanded && (row.kind === 'kernel' || row.kind === 'untrusted');
  return html`<div
      class="grid-line grid-row kind-${row.kind} level-${row.level} ${row.expanded ? 'open' : ''}"
      role="row"
      data-row=${row.key}
      aria-rowindex=${item.position + 2}
      aria-level=${row.level}
      aria-expanded=${String(row.expanded)}
      tabindex=${item.current ? 0 : -1}
      @click=${() => {
        toggleRow(context, row);
      }}
    >
      <span role="gridcell" class="cell cell-share number">${bar(row, table)}<span>${cells.share}</span></span>
      <span role="gridcell" class="cell cell-time number"
        >${cells.time} <span class="error-of">${cells.error}</span></span
      >
      ${nameCell(context, row, cells)}
      ${
        isGathered(row)
          ? nothing
          : html`<span role="gridcell" class="cell cell-shape" title=${cells.shape}>${cells.shape}</span>`
      }
      <span role="gridcell" class="cell cell-macs number">${cells.macs}</span>
      <span role="gridcell" class="cell cell-gflops number">${cells.gflops}</span>
      <span role="gridcell" class="cell cell-trust">${trust(context, index, row)}</span>
    </div>
    ${hasDetail ? detail(context, index, table, row, cells, columns) : nothing}`;
}

/** Stands for many kernels: no shape of its own, so the name has its column too. */
const isGathered = (row: HotspotRow): boolean => row.kind !== 'kernel';

const bar = (row: HotspotRow, table: HotspotTable): TemplateResult => {
  const width = table.largestShare > 0 ? Math.min(1, row.share / table.largestShare) * 100 : 0;
  return html`<span class="bar-track" aria-hidden="true"
    ><span class="bar fill-${row.category}" ${styles({ width: `${width}%` })}></span
  ></span>`;
};

function nameCell({ text }: Context, row: HotspotRow, cells: HotspotCells): TemplateResult {
  const full = cells.subtitle === '' ? cells.title : `${cells.title} ${cells.subtitle}`;
  const twistie = row.kind === 'rest' ? nothing : icon(row.expanded ? 'chevron-down' : 'chevron-right', 'twistie');
  return html`<span
    role="gridcell"
    class="cell cell-name ${isGathered(row) ? 'wide' : ''}"
    aria-colspan=${isGathered(row) ? 2 : 1}
    title=${full}
    >${twistie}<span class="name-title">${cells.title.slice(0, LONGEST_NAME)}</span> ${nodesOf(row, cells)}${
      row.kind === 'rest' ? html`<span class="row-link">${text('page.hotspots.showAll')}</span>` : nothing
    }</span
  >`;
}

/** The node that names the kernel, cut in its middle; what was fused into it, cut at its end, and first. */
function nodesOf(row: HotspotRow, { subtitle, nodeLength }: HotspotCells): TemplateResult {
  // What was gathered is named in our own words, which may be cut at their end.
  const ours = row.kind === 'untrusted' || row.kind === 'rest';
  const node = subtitle.slice(0, Math.min(nodeLength, LONGEST_NAME));
  const fused = subtitle.slice(nodeLength, nodeLength + LONGEST_NAME);
  return html`<span class="name-nodes"
    >${ours ? html`<span class="name-fused">${subtitle}</span>` : html`<span class="name-node">${middleEllipsis(node)}</span>`}${
      fused === '' ? nothing : html`<span class="name-fused">${fused}</span>`
    }</span
  >`;
}

function trust({ text, state }: Context, index: ScenarioIndex, row: HotspotRow): TemplateResult | typeof nothing {
  const mark = (name: string, className: string, label: string): TemplateResult =>
    html`<span title=${label}>${icon(name, className)}<span class="visually-hidden">${label}</span></span>`;
  if (!row.trusted) return mark('warning', 'warn', text('page.hotspots.notTrusted'));
  if (index.draft && profilingRun(state.run)) return mark('watch', '', text('page.hotspots.draftTrust'));
  if (row.unsure) return mark('warning', 'warn', text('page.hotspots.unsure'));
  return mark('check', 'good', text('page.hotspots.trusted'));
}

function detail(
  context: Context,
  index: ScenarioIndex,
  table: HotspotTable,
  row: HotspotRow,
  cells: HotspotCells,
  columns: HotspotColumns,
): TemplateResult {
  const lines =
    row.kind === 'untrusted' ? untrustedDetail(context, index, row) : kernelLines(context, index, row, cells, columns);
  return html`<div class="grid-detail" role="row">
    <div role="gridcell" aria-colspan="7">
      ${lines}
      <p class="detail-links">${detailLinks(context, index, table, row)}</p>
    </div>
  </div>`;
}

function kernelLines(
  context: Context,
  index: ScenarioIndex,
  row: HotspotRow,
  cells: HotspotCells,
  columns: HotspotColumns,
): TemplateResult[] {
  const { text } = context;
  const lines = kernelDetail(index, row.kernels[0]!, text).map(
    ({ parts, evidence }) =>
      html`<p>${rich(parts)} ${evidence === null ? nothing : howButton(context, evidence, cells.title, false)}</p>`,
  );
  return [droppedColumns(context, cells, columns), ...lines];
}

/** Columns that the table has no room for: the style sheet shows those that it dropped. */
function droppedColumns({ text }: Context, cells: HotspotCells, columns: HotspotColumns): TemplateResult {
  const macs = columns.macs.label === '' ? cells.macs : `${cells.macs} ${columns.macs.label}`;
  return html`<p class="dropped">
    ${cells.shape === '' ? nothing : html`<span class="dropped-shape">${text('page.detail.shape', { shape: cells.shape })}</span>`}
    ${cells.macs === '–' ? nothing : html`<span class="dropped-macs">${text('page.detail.macs', { macs })}</span>`}
    ${cells.gflops === '–' ? nothing : html`<span class="dropped-gflops">${text('page.detail.gflops', { gflops: cells.gflops })}</span>`}
  </p>`;
}

function untrustedDetail({ text }: Context, index: ScenarioIndex, row: HotspotRow): TemplateResult[] {
  const { overhead } = index.scenario;
  if (!overhead) return [html`<p>${rich(richText(text, 'page.detail.untrusted'))}</p>`];
  const cost = duration(overhead.eventCostNs);
  return [html`<p>${text('page.detail.untrustedGroup', { cost, error: duration(row.errorNs) })}</p>`];
}

function detailLinks(context: Context, index: ScenarioIndex, table: HotspotTable, row: HotspotRow): TemplateResult[] {
  const { text, actions, live } = context;
  const links: TemplateResult[] = [];
  const module = row.kernels[0]?.module ?? '';
  if (row.kind === 'untrusted') {
    const show = (): void => {
      actions.change({ filter: 'trusted:no' });
      actions.reveal('#filter');
    };
    links.push(linkButton({ label: text('page.hotspots.showThem'), onClick: show }));
  } else if (module !== '') {
    const show = (): void => {
      actions.change({ module });
      actions.reveal('#layers .segment.chosen, #layers .tree-row.open');
    };
    links.push(linkButton({ label: text('page.detail.showInLayers'), onClick: show }));
  }
  if (live) {
    const copy = (): void => {
      copyRow(context, index, table, row);
    };
    links.push(linkButton({ label: text('page.detail.copyRow'), onClick: copy }));
  }
  return links;
}
