import path from 'node:path';

import { oneLine } from '../../core/common/oneLine.js';
import { HISTORY_DEFAULTS } from '../../store/limits.js';
import { defaultStoreFolder } from '../../store/storeFolder.js';
import { Runner, type ProfileRun } from '../../runner/runner.js';
import type { Report } from '../../protocol/report.js';
import { ExitCode } from '../exitCodes.js';
import type { RunFlags } from '../flags.js';
import type { Log } from '../log.js';
import { requireFreeOutputs, writeReport } from '../outputs.js';
import { createProgress } from '../progress.js';
import { runOptions } from '../runOptions.js';
import type { BaselineFlags } from '../compareFlags.js';
import type { Judged } from '../profileGate.js';
import { workspaceSettings } from '../workspace.js';
import type { Terminal } from '../terminal.js';

export interface ProfileFlags extends RunFlags, BaselineFlags {}

/** The main job: measures, keeps the report, prints the hotspots. Ctrl+C stops and keeps; a second one cancels. */
export async function profile(modelPath: string, flags: ProfileFlags, terminal: Terminal, log: Log): Promise<number> {
  await requireFreeOutputs(flags);
  const [options, settings] = await Promise.all([
    runOptions(modelPath, flags, terminal),
    workspaceSettings(modelPath, flags.config),
  ]);
  // Most calls hold their result against nothing.
  const isHeld = flags.baseline !== undefined || flags.failOn !== undefined || settings?.budgets !== undefined;
  const holding = isHeld ? await import('../profileGate.js') : null;
  const gate = holding && (await holding.prepareGate(flags, settings));
  const storeFolder = path.resolve(flags.store ?? defaultStoreFolder());
  const cacheFolder = path.join(path.dirname(storeFolder), 'cache');
  const runner = new Runner({ distFolder: __dirname, logger: log, cacheFolder });
  const progress = createProgress(terminal);
  const startedMs = performance.now();
  try {
    const run = runner.profile({ modelPath: path.resolve(modelPath), options }, progress);
    const report = { ...(await interruptible(run, terminal)) };
    progress.end();
    report.model = { ...report.model, path: modelPath };
    await keep(report, storeFolder, modelPath, (performance.now() - startedMs) / 1000, terminal);
    await writeReport(report, flags, terminal);
    const { profileLines } = await import('../text/profile.js');
    await terminal.result(profileLines(report, terminal));
    const gateFailed = holding && gate ? await conclude(holding.judge(report, gate), flags, terminal) : false;
    if (report.status === 'partial') return ExitCode.stopped;
    if (tellRefused(report, terminal)) return ExitCode.runtime;
    return gateFailed ? ExitCode.gateFailed : ExitCode.done;
  } finally {
    progress.end();
    runner.dispose();
  }
}

/**
 * Names the dimensions that were asked for and could not be measured; whether there are any. Another provider that
 * refuses the model is a result of comparing them.
 */
function tellRefused({ scenarios }: Report, terminal: Terminal): boolean {
  const refused = scenarios.filter(
    ({ latency, run }) => latency === null && run.provider === scenarios[0]?.run.provider,
  );
  for (const { label, warnings } of refused) {
    const why = warnings
      .filter(({ code }) => code.startsWith('error.'))
      .map((message) => terminal.text.message(message));
    terminal.problem(terminal.text('cli.profile.refused', { label, reason: oneLine(why.join(' ')) }));
  }
  return refused.length > 0;
}

/** Prints what the comparison and the gate say; whether the call fails by it. */
async function conclude({ comparison, gate }: Judged, flags: ProfileFlags, terminal: Terminal): Promise<boolean> {
  const [{ compareLines, gateLines }, { gateExitCode }] = await Promise.all([
    import('../text/compare.js'),
    import('../compareCommand.js'),
  ]);
  const lines = comparison ? compareLines(comparison, terminal) : gate ? gateLines(gate, terminal).slice(1) : [];
  if (lines.length > 0) await terminal.result(['', ...lines]);
  const failed = gateExitCode(gate, flags) !== ExitCode.done;
  // Where the result is JSON, or nothing, a gate still says why.
  if (gate && !terminal.wantsResult && gate.outcome !== 'passed')
    for (const line of gateLines(gate, terminal).filter((each) => each.trim() !== ''))
      if (failed) terminal.problem(line.trim());
      else terminal.note(line.trim());
  return failed;
}

/** The result of a run that the first signal stops and the second one cancels. */
export async function interruptible(run: ProfileRun, terminal: Terminal): Promise<Report> {
  let interrupts = 0;
  const onInterrupt = (): void => {
    interrupts += 1;
    if (interrupts > 1) {
      run.cancel();
      return;
    }
    run.stop();
    terminal.note(terminal.text('cli.profile.stopping'));
  };
  const onTerminate = (): void => {
    run.cancel();
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  try {
    return await run.result;
  } finally {
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onTerminate);
  }
}

/** A result is printed even where it cannot be kept. */
export async function keep(
  report: Report,
  folder: string,
  modelPath: string,
  runSeconds: number,
  terminal: Terminal,
): Promise<void> {
  const { ReportStore } = await import('../../store/reportStore.js');
  try {
    const kept = { modelPath: path.resolve(modelPath), runSeconds, ...HISTORY_DEFAULTS };
    await new ReportStore(folder).put(report, kept);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    terminal.note(terminal.text('cli.profile.notKept', { folder, reason }));
  }
}
