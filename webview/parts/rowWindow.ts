/** Which rows of a long table are drawn: those in sight, some around them, and the one that has the focus. */

import {
  defaultRangeExtractor,
  measureElement,
  observeWindowOffset,
  observeWindowRect,
  Virtualizer,
  windowScroll,
  type Range,
  type VirtualizerOptions,
} from '@tanstack/virtual-core';
import type { HotspotRow } from '../../src/format/views/hotspots.js';
import type { Context } from '../context.js';

export const ROW_HEIGHT = 24;
const OVERSCAN = 12;
const MOST_PRINTED = 500;

export interface WindowItem {
  row: HotspotRow;
  position: number;
  top: number;
  /** The row that holds the table's one tab stop. */
  current: boolean;
}

export interface RowWindow {
  items: WindowItem[];
  totalHeight: number;
  /** Position of the row with the tab stop. */
  current: number;
  attach: (body?: Element) => void;
  measure: (item?: Element) => void;
  /** Makes a row the current one, scrolls to it and focuses it after the next drawing. */
  moveTo: (position: number) => void;
}

let virtualizer: Virtualizer<Window, Element> | null = null;
let stopWatching: (() => void) | null = null;
let currentKey: string | null = null;
let rows: readonly HotspotRow[] = [];
let redraw: () => void = () => undefined;
let printing = false;
let bodyElement: Element | null = null;

const currentPosition = (): number => {
  const found = rows.findIndex((row) => row.key === currentKey);
  return Math.max(0, found);
};

function rowsInSight(range: Range): number[] {
  const inSight = defaultRangeExtractor(range);
  const current = currentPosition();
  return rows.length === 0 || inSight.includes(current) ? inSight : [...inSight, current].sort((a, b) => a - b);
}

/** Paper has no scroll bar. */
const rowsOnPaper = (): number[] =>
  Array.from({ length: Math.min(rows.length, MOST_PRINTED) }, (_, position) => position);

function optionsFor(scrollMargin: number): VirtualizerOptions<Window, Element> {
  return {
    count: rows.length,
    getScrollElement: () => window,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (position) => rows[position]?.key ?? position,
    overscan: OVERSCAN,
    rangeExtractor: printing ? rowsOnPaper : rowsInSight,
    scrollMargin,
    initialRect: { width: window.innerWidth, height: window.innerHeight },
    observeElementRect: observeWindowRect,
    observeElementOffset: observeWindowOffset,
    scrollToFn: windowScroll,
    measureElement,
    onChange: () => {
      redraw();
    },
  };
}

function attach(body?: Element): void {
  bodyElement = body ?? null;
  if (body) return;
  stopWatching?.();
  stopWatching = null;
  virtualizer = null;
}

function measure(item?: Element): void {
  if (item) virtualizer?.measureElement(item);
}

/** After each drawing: the table may have moved down or up the page. */
export function settleRows(): void {
  if (!bodyElement || !virtualizer) return;
  const margin = Math.round(bodyElement.getBoundingClientRect().top + window.scrollY);
  if (margin === virtualizer.options.scrollMargin) return;
  virtualizer.setOptions(optionsFor(margin));
  redraw();
}

/** Before and after printing; the page must be drawn again at once, since paper does not wait for a frame. */
export function printRows(toPaper: boolean): void {
  printing = toPaper;
}

export function rowWindow(context: Context, all: readonly HotspotRow[]): RowWindow {
  rows = all;
  redraw = () => {
    context.actions.redraw();
  };
  virtualizer ??= new Virtualizer(optionsFor(0));
  virtualizer.setOptions(optionsFor(virtualizer.options.scrollMargin));
  if (!stopWatching) stopWatching = virtualizer._didMount();
  virtualizer._willUpdate();
  const { scrollMargin } = virtualizer.options;
  const current = currentPosition();
  return {
    items: virtualizer.getVirtualItems().map((item) => ({
      row: all[item.index]!,
      position: item.index,
      top: item.start - scrollMargin,
      current: item.index === current,
    })),
    totalHeight: virtualizer.getTotalSize(),
    current,
    attach,
    measure,
    moveTo: (position) => {
      const row = all[position];
      if (!row) return;
      currentKey = row.key;
      virtualizer?.scrollToIndex(position, { align: 'auto' });
      context.actions.reveal(`[data-row="${CSS.escape(row.key)}"]`);
    },
  };
}
