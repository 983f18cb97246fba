/** The table by keyboard: up and down, right opens, left closes, `/` to the filter, Ctrl+C copies the row. */

import { hotspotCells, hotspotColumns } from '../../src/format/views/hotspotText.js';
import type { HotspotRow, HotspotTable } from '../../src/format/views/hotspots.js';
import type { ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import type { Context } from '../context.js';
import type { RowWindow } from './rowWindow.js';

const PAGE = 20;

export function toggleRow(context: Context, row: HotspotRow): void {
  const { ui, actions } = context;
  if (row.kind === 'rest') {
    actions.change({ showAll: true });
    return;
  }
  actions.change({
    expanded: row.expanded ? ui.expanded.filter((key) => key !== row.key) : [...ui.expanded.slice(-199), row.key],
  });
}

/** One line: what the row shows, with units. */
export function copyRow(context: Context, index: ScenarioIndex, table: HotspotTable, row: HotspotRow): void {
  const columns = hotspotColumns(table);
  const cells = hotspotCells(index, row, columns, context.text);
  const line = context.text('page.row', {
    title: cells.title,
    nodes: cells.subtitle,
    share: `${cells.share} %`,
    time: cells.time,
    error: cells.error,
    unit: columns.time.label,
    shape: cells.shape === '' ? '–' : cells.shape,
    macs: `${cells.macs}${cells.macs === '–' || columns.macs.label === '' ? '' : ` ${columns.macs.label}`}`,
    gflops: cells.gflops,
  });
  context.actions.post({ type: 'copy', text: line });
}

export function gridKeys(
  context: Context,
  index: ScenarioIndex,
  table: HotspotTable,
  window: RowWindow,
): (event: KeyboardEvent) => void {
  const last = table.rows.length - 1;
  const targets: Readonly<Record<string, (at: number) => number>> = {
    ArrowDown: (at) => Math.min(last, at + 1),
    ArrowUp: (at) => Math.max(0, at - 1),
    PageDown: (at) => Math.min(last, at + PAGE),
    PageUp: (at) => Math.max(0, at - PAGE),
    Home: () => 0,
    End: () => last,
  };
  return (event) => {
    if (event.key === '/' && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      context.actions.reveal('#filter');
      return;
    }
    const element = event.target instanceof Element ? event.target : null;
    if (!element?.classList.contains('grid-row')) return;
    const at = Number(element.closest('[data-index]')?.getAttribute('data-index') ?? window.current);
    const row = table.rows[at];
    if (!row) return;
    const move = Object.hasOwn(targets, event.key) ? targets[event.key] : undefined;
    if (move) window.moveTo(move(at));
    else if (togglesRow(event.key, row.expanded)) toggleRow(context, row);
    else if (isCopy(event)) copyRow(context, index, table, row);
    else return;
    event.preventDefault();
  };
}

const togglesRow = (key: string, expanded: boolean): boolean =>
  key === 'Enter' || key === (expanded ? 'ArrowLeft' : 'ArrowRight');

const isCopy = (event: KeyboardEvent): boolean =>
  event.key === 'c' && (event.ctrlKey || event.metaKey) && !hasSelection();

/** Someone who marked text wants that, not the row. */
const hasSelection = (): boolean => (document.getSelection()?.toString() ?? '') !== '';
