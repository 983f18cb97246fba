import path from 'node:path';

import { defaultStoreFolder } from '../../store/storeFolder.js';
import { Runner, type ProfileRun } from '../../runner/runner.js';
import type { Report } from '../../protocol/report.js';
import { ExitCode } from '../exitCodes.js';
import type { RunFlags } from '../flags.js';
import type { Log } from '../log.js';
import { writeReport } from '../outputs.js';
import { createProgress } from '../progress.js';
import { runOptions } from '../runOptions.js';
import type { Terminal } from '../terminal.js';

/** The main job: measures, keeps the report, prints the hotspots. Ctrl+C stops and keeps; a second one cancels. */
export async function profile(modelPath: string, flags: RunFlags, terminal: Terminal, log: Log): Promise<number> {
  const options = await runOptions(modelPath, flags);
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
    return report.status === 'partial' ? ExitCode.stopped : ExitCode.done;
  } finally {
    progress.end();
    runner.dispose();
  }
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
    await new ReportStore(folder).put(report, { modelPath: path.resolve(modelPath), runSeconds });
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    terminal.note(terminal.text('cli.profile.notKept', { folder, reason }));
  }
}
