/** Budgets of the workspace's file: limits for one model, whatever it was before. */

import { ExpectedError } from '../../common/errors.js';
import { oneLine } from '../../common/oneLine.js';
import type { TextCode } from '../../../format/text/catalogue.js';
import { bytes, count, decimal, duration } from '../../../format/units.js';
import type { GateFinding } from '../../../protocol/compare.js';
import type { Latency, Report, Scenario } from '../../../protocol/report.js';
import type { Budgets } from '../../../protocol/settings.js';
import { memoryTolerance } from './memory.js';
import { sizeOf } from './totals.js';

export type BudgetName = keyof Budgets;
const NAMES: readonly BudgetName[] = [
  'medianMs',
  'p95Ms',
  'p99Ms',
  'memoryBytes',
  'fileBytes',
  'macs',
  'usdPerMillion',
];

/** A gate that was misspelt would hold nothing. @throws ExpectedError (input) naming what no budget is. */
export function demandKnownBudgets(budgets: Budgets): void {
  const known: readonly string[] = NAMES;
  const name = Object.keys(budgets).find((key) => !known.includes(key));
  if (name !== undefined)
    throw new ExpectedError('input', 'compare.budget.noSuch', { name: oneLine(name, 80), known: known.join(', ') });
}

/** Of every scenario that was measured. */
export function checkBudgets(report: Report, budgets: Budgets): { failures: GateFinding[]; open: GateFinding[] } {
  const failures: GateFinding[] = [];
  const open: GateFinding[] = [];
  for (const name of NAMES) {
    const limit = budgets[name];
    if (limit === undefined) continue;
    for (const scenario of report.scenarios) {
      const { value, low, missing } = valueOf(name, report, scenario);
      const params = { budget: name, value: textOf(name, value), limit: textOf(name, limit) };
      if (value === null) open.push(finding(missing, params));
      else if (low > limit) failures.push(finding('compare.budget.over', params));
      else if (value > limit) open.push(finding('compare.budget.unsure', params));
    }
  }
  return { failures, open };
}

const finding = (code: TextCode, params: Record<string, string>): GateFinding => ({ about: 'budget', code, params });

interface BudgetValue {
  value: number | null;
  /** What it is at least, the noise considered. */
  low: number;
  missing: TextCode;
}

const exactly = (value: number | null, missing: TextCode = 'compare.budget.unknown'): BudgetValue => ({
  value,
  low: value ?? 0,
  missing,
});

function valueOf(name: BudgetName, report: Report, { latency, memory, totals }: Scenario): BudgetValue {
  switch (name) {
    case 'medianMs':
      return inMs(latency, latency?.medianNs ?? null);
    case 'p95Ms':
      return inMs(latency, latency?.p95Ns ?? null);
    case 'p99Ms':
      return inMs(latency, latency?.p99Ns ?? null);
    case 'memoryBytes':
      return inMemory(memory?.peakResidentBytes ?? null);
    case 'fileBytes':
      return exactly(sizeOf(report));
    case 'macs':
      return exactly(totals.macs);
    case 'usdPerMillion':
      return exactly(cheapest(report));
  }
}

/** One measurement: another would differ. */
function inMemory(bytes: number | null): BudgetValue {
  const known = exactly(bytes);
  return bytes === null ? known : { ...known, low: bytes - memoryTolerance(bytes) };
}

/** A percentile is at most as sure as the median. */
function inMs(latency: Latency | null, ns: number | null): BudgetValue {
  if (!latency || ns === null) return exactly(null, latency ? 'compare.budget.unsupported' : 'compare.budget.unknown');
  const low = latency.medianNs > 0 ? Math.min(1, latency.confidenceNs[0] / latency.medianNs) : 1;
  return { value: ns / 1e6, low: (ns / 1e6) * low, missing: 'compare.budget.unknown' };
}

/** Of the machines that can serve it; null without a cost section. */
export function cheapest({ cost }: Report): number | null {
  const prices = (cost?.options ?? []).map(({ usdPerMillion }) => usdPerMillion).filter((price) => price !== null);
  return prices.length === 0 ? null : Math.min(...prices);
}

function textOf(name: BudgetName, value: number | null): string {
  if (name.endsWith('Ms')) return duration(value === null ? null : value * 1e6);
  if (name.endsWith('Bytes')) return bytes(value);
  return name === 'usdPerMillion' ? (value === null ? '–' : `$${decimal(value, 2)}`) : count(value);
}
