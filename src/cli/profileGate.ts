/** What `profile` holds its result against: a baseline, and the budgets of the workspace's file. */

import { ExpectedError } from '../core/common/errors.js';
import { checkBudgets, demandKnownBudgets } from '../core/report/compare/budgets.js';
import { compareReports } from '../core/report/compare/compare.js';
import { gateOf, withFindings } from '../core/report/compare/gate.js';
import type { Comparison, GateResult } from '../protocol/compare.js';
import type { Report } from '../protocol/report.js';
import type { ModelSettings } from '../protocol/settings.js';
import { readReport } from '../store/reportStore.js';
import type { BaselineFlags } from './compareFlags.js';

export interface ProfileGate {
  baseline: Report | null;
  failOn: number | null;
  settings: ModelSettings | null;
}

/** Read before the run: a baseline that is missing is not found out a minute later. */
export async function prepareGate(flags: BaselineFlags, settings: ModelSettings | null): Promise<ProfileGate> {
  if (settings?.budgets) demandKnownBudgets(settings.budgets);
  const file = flags.baseline ?? (flags.failOn === undefined ? undefined : settings?.baseline);
  if (file === undefined && flags.failOn !== undefined) throw new ExpectedError('input', 'cli.baseline.none');
  const baseline = file === undefined ? null : await readBaseline(file);
  return { baseline, failOn: flags.failOn ?? null, settings };
}

async function readBaseline(file: string): Promise<Report> {
  try {
    return await readReport(file);
  } catch (error) {
    if (error instanceof ExpectedError) throw error;
    throw new ExpectedError('input', 'cli.export.missing', { file }, { cause: error });
  }
}

export interface Judged {
  comparison: Comparison | null;
  gate: GateResult | null;
}

export function judge(report: Report, { baseline, failOn, settings }: ProfileGate): Judged {
  const comparison = baseline ? compareReports(baseline, report) : null;
  const drawn = comparison && failOn !== null ? gateOf(comparison, failOn) : null;
  const gate = settings?.budgets ? withFindings(drawn, checkBudgets(report, settings.budgets)) : drawn;
  return { comparison: comparison && { ...comparison, gate }, gate };
}
