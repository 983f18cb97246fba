/** What the page knows: the host's state, replaced by messages, and its own, which survives a reload. */

import type { GroupSort } from '../src/format/views/comparison.js';
import type { GroupBy, SortKey } from '../src/format/views/hotspots.js';
import type { PageState, ToPage } from '../src/protocol/webview.js';
import { INITIAL_QUANTIZATION, restoreQuantization, type QuantizationUi } from './quantizationState.js';

export const TABS = [
  'overview',
  'quantization',
  'cost',
  'timeline',
  'roofline',
  'memory',
  'curve',
  'providers',
  'data',
  'compare',
  'pruning',
  'alternatives',
  'operators',
  'rounds',
  'checks',
  'trend',
  'provenance',
  'measure',
] as const;
export type Tab = (typeof TABS)[number];

/** The page's own state; plain data. */
export interface UiState {
  tab: Tab;
  scenarioId: string | null;
  sort: SortKey;
  descending: boolean;
  groupBy: GroupBy;
  filter: string;
  showAll: boolean;
  /** Keys of open rows. */
  expanded: string[];
  /** Path of the chosen module; null for the largest. */
  module: string | null;
  chartAsTable: boolean;
  /** The pictures of the views behind "More". */
  viewAsTable: boolean;
  /** Of the view "Compare". */
  compareSort: GroupSort;
  compareDescending: boolean;
  compareFilter: string;
  compareAll: boolean;
  compareScenario: number;
  quantization: QuantizationUi;
  /** The host's last wish to show it that was followed. */
  comparedAt: number;
  /** The same of the cost view, and the one whose sentence was dismissed. */
  costAskedAt: number;
  costDismissedAt: number;
  scrollTop: number;
}

export const INITIAL_UI: UiState = {
  tab: 'overview',
  scenarioId: null,
  sort: 'share',
  descending: true,
  groupBy: 'kernel',
  filter: '',
  showAll: false,
  expanded: [],
  module: null,
  chartAsTable: false,
  viewAsTable: false,
  compareSort: 'difference',
  compareDescending: true,
  compareFilter: '',
  compareAll: false,
  compareScenario: 0,
  quantization: INITIAL_QUANTIZATION,
  comparedAt: 0,
  costAskedAt: 0,
  costDismissedAt: 0,
  scrollTop: 0,
};

const SORTS: readonly SortKey[] = ['share', 'time', 'name', 'macs', 'gflops'];
const COMPARE_SORTS: readonly GroupSort[] = ['difference', 'change', 'before', 'now', 'name', 'verdict'];
const GROUPS: readonly GroupBy[] = ['kernel', 'opType', 'module'];

const numberOr = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

function oneOf<T extends string>(value: unknown, known: readonly T[], fallback: T): T {
  return known.find((one) => one === value) ?? fallback;
}

/** Reads what was kept, perhaps by another version: what does not fit takes its first value. */
export function restoreUi(kept: unknown): UiState {
  if (typeof kept !== 'object' || kept === null) return INITIAL_UI;
  const from = kept as Partial<Record<keyof UiState, unknown>>;
  const textOf = (value: unknown): string | null => (typeof value === 'string' ? value.slice(0, 4096) : null);
  return {
    tab: oneOf(from.tab, TABS, INITIAL_UI.tab),
    scenarioId: textOf(from.scenarioId),
    sort: oneOf(from.sort, SORTS, INITIAL_UI.sort),
    descending: from.descending !== false,
    groupBy: oneOf(from.groupBy, GROUPS, INITIAL_UI.groupBy),
    filter: textOf(from.filter) ?? '',
    showAll: from.showAll === true,
    expanded: Array.isArray(from.expanded)
      ? from.expanded.filter((key): key is string => typeof key === 'string').slice(0, 200)
      : [],
    module: textOf(from.module),
    chartAsTable: from.chartAsTable === true,
    viewAsTable: from.viewAsTable === true,
    compareSort: oneOf(from.compareSort, COMPARE_SORTS, INITIAL_UI.compareSort),
    compareDescending: from.compareDescending !== false,
    compareFilter: textOf(from.compareFilter) ?? '',
    compareAll: from.compareAll === true,
    comparedAt: numberOr(from.comparedAt),
    costAskedAt: numberOr(from.costAskedAt),
    costDismissedAt: numberOr(from.costDismissedAt),
    compareScenario: typeof from.compareScenario === 'number' ? from.compareScenario : 0,
    quantization: restoreQuantization(from.quantization),
    scrollTop: typeof from.scrollTop === 'number' && Number.isFinite(from.scrollTop) ? from.scrollTop : 0,
  };
}

/** The host's state after a message; a report or a run before the first state is dropped. */
export function reduce(page: PageState | null, message: ToPage): PageState | null {
  switch (message.type) {
    case 'state':
      return message.state;
    case 'report':
      return page && { ...page, report: message.report };
    case 'run':
      return page && { ...page, run: message.run };
    case 'cost':
      return page && { ...page, cost: message.cost };
  }
}

const KNOWN_TYPES: readonly string[] = ['state', 'report', 'run', 'cost'] satisfies ToPage['type'][];

/** Other scripts post messages too: only ours are read. */
export function isToPage(data: unknown): data is ToPage {
  return typeof data === 'object' && data !== null && 'type' in data && KNOWN_TYPES.includes(String(data.type));
}
