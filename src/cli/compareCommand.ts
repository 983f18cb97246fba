import path from 'node:path';

import { ExpectedError } from '../core/common/errors.js';
import { compareReports } from '../core/report/compare/compare.js';
import { gateOf } from '../core/report/compare/gate.js';
import type { Comparison, GateResult } from '../protocol/compare.js';
import type { Report } from '../protocol/report.js';
import { defaultStoreFolder } from '../store/storeFolder.js';
import type { CompareFlags, GateFlags } from './compareFlags.js';
import { ExitCode } from './exitCodes.js';
import type { Log } from './log.js';
import { readPage, requireFreeOutputs, STANDARD_OUTPUT, writeJsonText, writeText } from './outputs.js';
import { lastTwoRuns, reportOf } from './reportReference.js';
import type { Terminal } from './terminal.js';

/** Two reports against each other; with `--fail-on` a gate. One word alone names a model, whose last two runs it compares. */
export async function compare(
  base: string | undefined,
  next: string | undefined,
  flags: CompareFlags,
  terminal: Terminal,
  log: Log,
): Promise<number> {
  await requireFreeOutputs({ ...(flags.html !== undefined && { html: flags.html }), force: flags.force ?? false });
  const [before, now] = await reportsOf(base, next, flags, terminal, log);
  const compared = compareReports(before, now);
  const comparison = flags.failOn === undefined ? compared : { ...compared, gate: gateOf(compared, flags.failOn) };
  await writeComparison(comparison, [before, now], flags, terminal);
  return gateExitCode(comparison.gate, flags);
}

async function reportsOf(
  base: string | undefined,
  next: string | undefined,
  flags: CompareFlags,
  terminal: Terminal,
  log: Log,
): Promise<[base: Report, next: Report]> {
  if (flags.head !== undefined) {
    if (base !== undefined) throw new ExpectedError('input', 'compare.error.headAlone');
    const { measureHead } = await import('./compareHead.js');
    return measureHead(flags.head, flags, terminal, log);
  }
  if (base === undefined) throw new ExpectedError('input', 'compare.error.nothing');
  const storeFolder = path.resolve(flags.store ?? defaultStoreFolder());
  if (next === undefined) return lastTwoRuns(base, storeFolder);
  return [await reportOf(base, storeFolder), await reportOf(next, storeFolder)];
}

async function writeComparison(
  comparison: Comparison,
  [base, now]: readonly [base: Report, now: Report],
  flags: CompareFlags,
  terminal: Terminal,
): Promise<void> {
  const force = flags.force ?? false;
  if (flags.json !== undefined) await writeJsonText(comparisonJson(comparison), flags.json, force, terminal);
  if (flags.md !== undefined) {
    const { comparisonMarkdown } = await import('../core/report/compareMarkdown.js');
    await writeJsonText(comparisonMarkdown(comparison, terminal.text), flags.md, force, terminal);
  }
  if (flags.html !== undefined) {
    const { writeHtml } = await import('../core/report/html.js');
    await writeText(writeHtml(now, await readPage(), { comparison, base }), flags.html, force, terminal);
  }
  if (!terminal.wantsResult || flags.md === STANDARD_OUTPUT) return;
  const { compareLines } = await import('./text/compare.js');
  await terminal.result(compareLines(comparison, terminal));
}

/** Its verdict, totals and groups first. */
export function comparisonJson({ verdict, totals, groups, ...rest }: Comparison): string {
  return `${JSON.stringify({ verdict, totals, groups, ...rest })}\n`;
}

export function gateExitCode(gate: GateResult | null, { failOnInconclusive }: GateFlags): number {
  if (gate?.outcome === 'failed') return ExitCode.gateFailed;
  return gate?.outcome === 'inconclusive' && failOnInconclusive ? ExitCode.gateFailed : ExitCode.done;
}
