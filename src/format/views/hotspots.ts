/** The hotspots: rows of kernels or groups of them, sorted; they and the last line add up to the median. */

import type { Kernel } from '../../protocol/report.js';
import type { KernelFilter } from './filter.js';
import {
  categoryOf,
  gigaflopsPerSecond,
  mainOperator,
  operatorName,
  shareOf,
  type KernelCategory,
  type ScenarioIndex,
} from './scenarioIndex.js';

export type SortKey = 'share' | 'time' | 'name' | 'macs' | 'gflops';
export type GroupBy = 'kernel' | 'opType' | 'module';

export interface HotspotOptions {
  filter: KernelFilter;
  sort: SortKey;
  descending: boolean;
  groupBy: GroupBy;
  /** Keys of rows that are open: groups then show their kernels. */
  expanded: ReadonlySet<string>;
  /** How many rows before the rest is gathered; Infinity for all. */
  limit: number;
}

export interface HotspotRow {
  key: string;
  /** kernel: one. group: by op type or module. untrusted: too small to trust. rest: beyond the limit. */
  kind: 'kernel' | 'group' | 'untrusted' | 'rest';
  level: 1 | 2;
  kernels: readonly Kernel[];
  category: KernelCategory;
  /** Op type, module path or ''. */
  name: string;
  share: number;
  timeNs: number;
  errorNs: number;
  macs: number | null;
  gflops: number | null;
  trusted: boolean;
  /** The interval is as wide as the time itself: its place in the order says little. */
  unsure: boolean;
  expanded: boolean;
}

export interface HotspotTable {
  rows: HotspotRow[];
  /** Kernels that match, and all of them. */
  matching: number;
  total: number;
  /** Kernels that stand in rows of their own. */
  shown: number;
  /** Of all rows; bars are drawn against it. */
  largestShare: number;
  largestTimeNs: number;
  largestMacs: number;
}

/** A kernel with so much of the time stands in a row of its own, however little is known of it: its row says so. */
const LEAST_SHARE = 0.01;

/** What is too small to trust is gathered, as long as nobody asks for it. */
export const hasOwnRow = (index: ScenarioIndex, kernel: Kernel): boolean =>
  kernel.trusted || shareOf(index, kernel.selfTimeNs) >= LEAST_SHARE;

/** Sums of a set of kernels; errors add up, since the correction that they share is common to all. */
function sumRow(index: ScenarioIndex, key: string, kind: HotspotRow['kind'], kernels: readonly Kernel[]): HotspotRow {
  let timeNs = 0;
  let errorNs = 0;
  let macs: number | null = null;
  const timeByCategory = { compute: 0, other: 0, layout: 0 };
  for (const kernel of kernels) {
    timeNs += kernel.selfTimeNs;
    errorNs += kernel.errorNs;
    if (kernel.macs !== null) macs = (macs ?? 0) + kernel.macs;
    timeByCategory[categoryOf(kernel)] += kernel.selfTimeNs;
  }
  const category = (['compute', 'layout', 'other'] as const).reduce((best, one) =>
    timeByCategory[one] > timeByCategory[best] ? one : best,
  );
  return {
    key,
    kind,
    level: 1,
    kernels,
    category: kind === 'group' || kind === 'kernel' ? category : 'other',
    name: '',
    share: shareOf(index, timeNs),
    timeNs,
    errorNs,
    macs,
    gflops: kind === 'untrusted' ? null : gigaflopsPerSecond(macs, timeNs),
    trusted: kind === 'untrusted' ? false : kernels.some((kernel) => kernel.trusted),
    unsure: errorNs >= timeNs,
    expanded: false,
  };
}

function kernelRow(index: ScenarioIndex, kernel: Kernel, level: 1 | 2, expanded: ReadonlySet<string>): HotspotRow {
  const row = sumRow(index, `kernel:${kernel.id}`, 'kernel', [kernel]);
  return { ...row, level, name: kernel.opType, expanded: expanded.has(row.key) };
}

const SORT_VALUE: Record<Exclude<SortKey, 'name'>, (row: HotspotRow) => number> = {
  share: (row) => row.share,
  time: (row) => row.timeNs,
  macs: (row) => row.macs ?? -1,
  gflops: (row) => row.gflops ?? -1,
};

function compareRows(index: ScenarioIndex, options: HotspotOptions): (a: HotspotRow, b: HotspotRow) => number {
  const direction = options.descending ? -1 : 1;
  if (options.sort !== 'name') {
    const value = SORT_VALUE[options.sort];
    return (a, b) => direction * (value(a) - value(b)) || b.timeNs - a.timeNs;
  }
  const label = (row: HotspotRow): string => {
    const operator = row.kind === 'kernel' ? mainOperator(index, row.kernels[0]!) : null;
    return `${row.name} ${operator ? operatorName(index, operator) : ''}`;
  };
  // Computed once a row: comparing makes n log n calls.
  const labels = new Map<HotspotRow, string>();
  const labelOf = (row: HotspotRow): string => {
    const known = labels.get(row) ?? label(row);
    labels.set(row, known);
    return known;
  };
  const collator = new Intl.Collator('en', { numeric: true });
  return (a, b) => direction * collator.compare(labelOf(a), labelOf(b));
}

function groupRows(index: ScenarioIndex, kernels: readonly Kernel[], groupBy: 'opType' | 'module'): HotspotRow[] {
  const members = new Map<string, Kernel[]>();
  for (const kernel of kernels) {
    const known = members.get(kernel[groupBy]);
    if (known) known.push(kernel);
    else members.set(kernel[groupBy], [kernel]);
  }
  return [...members].map(([name, inside]) => ({ ...sumRow(index, `${groupBy}:${name}`, 'group', inside), name }));
}

/** Rows in the order in which they are shown. Without a filter they add up to the time inside kernels. */
export function hotspotTable(index: ScenarioIndex, options: HotspotOptions): HotspotTable {
  const { kernels } = index.scenario;
  const matching = options.filter.empty ? kernels : kernels.filter((kernel) => options.filter.matches(kernel));
  const grouped = options.groupBy !== 'kernel';
  // A filter asks for kernels by name: then each is shown, however small.
  const own = grouped || !options.filter.empty ? matching : matching.filter((kernel) => hasOwnRow(index, kernel));
  const untrusted = own === matching ? [] : matching.filter((kernel) => !hasOwnRow(index, kernel));
  const top =
    options.groupBy === 'kernel'
      ? own.map((kernel) => kernelRow(index, kernel, 1, options.expanded))
      : groupRows(index, own, options.groupBy);
  const compare = compareRows(index, options);
  top.sort(compare);

  const rows: HotspotRow[] = [];
  // One row more than the limit is better than a row that says "1 more".
  const cut = top.length > options.limit + 1 ? options.limit : top.length;
  for (const row of top.slice(0, cut)) {
    const expanded = options.expanded.has(row.key);
    rows.push({ ...row, expanded });
    if (row.kind === 'group' && expanded)
      rows.push(...row.kernels.map((one) => kernelRow(index, one, 2, options.expanded)).sort(compare));
  }
  const hidden = top.slice(cut).flatMap((row) => row.kernels);
  if (hidden.length > 0) rows.push(sumRow(index, 'rest', 'rest', hidden));
  if (untrusted.length > 0) {
    const row = sumRow(index, 'untrusted', 'untrusted', untrusted);
    rows.push({ ...row, expanded: options.expanded.has(row.key) });
  }
  // What was gathered would dwarf the bars of what stands alone.
  const ofRows = top.length > 0 ? top : rows;
  return {
    rows,
    matching: matching.length,
    total: kernels.length,
    shown: top.slice(0, cut).length,
    largestShare: ofRows.reduce((largest, row) => Math.max(largest, row.share), 0),
    largestTimeNs: ofRows.reduce((largest, row) => Math.max(largest, row.timeNs), 0),
    largestMacs: ofRows.reduce((largest, row) => Math.max(largest, row.macs ?? 0), 0),
  };
}
