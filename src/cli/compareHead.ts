import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { driftBetween } from '../core/report/compare/timing.js';
import type { Report } from '../protocol/report.js';
import type { RunOptions } from '../protocol/worker.js';
import { modelAtCommit } from '../runner/gitFile.js';
import { Runner } from '../runner/runner.js';
import { defaultStoreFolder } from '../store/storeFolder.js';
import { interruptible, keep } from './commands/profile.js';
import type { CompareFlags } from './compareFlags.js';
import type { Log } from './log.js';
import { createProgress } from './progress.js';
import { runOptions } from './runOptions.js';
import type { Terminal } from './terminal.js';

/** The model as HEAD has it and as it is now, measured one after the other under the same conditions. */
export async function measureHead(
  modelPath: string,
  flags: CompareFlags,
  terminal: Terminal,
  log: Log,
): Promise<[base: Report, next: Report]> {
  const options = await runOptions(modelPath, flags, terminal);
  const storeFolder = path.resolve(flags.store ?? defaultStoreFolder());
  const cacheFolder = path.join(path.dirname(storeFolder), 'cache');
  const runner = new Runner({ distFolder: __dirname, logger: log, cacheFolder });
  const folder = await mkdtemp(path.join(tmpdir(), 'inference-profiler-head-'));
  try {
    const externalPaths = async (model: string): Promise<string[]> =>
      (await runner.inspect({ modelPath: model, options })).model.externalData.map((each) => each.path);
    const head = await modelAtCommit(modelPath, 'HEAD', folder, externalPaths);
    terminal.note(
      terminal.text('compare.head.measuring', { model: path.basename(modelPath), commit: head.commit.slice(0, 7) }),
    );
    const base = await measure(runner, head.path, options, terminal);
    const startedMs = performance.now();
    const next = await measure(runner, path.resolve(modelPath), options, terminal);
    next.model = { ...next.model, path: modelPath };
    await keep(next, storeFolder, modelPath, (performance.now() - startedMs) / 1000, terminal);
    // A machine that changed its speed in between is given a second chance, with the new run in the middle.
    const again = changedSpeed(base, next) ? await measure(runner, head.path, options, terminal) : base;
    const fairest = speedChange(again, next) < speedChange(base, next) ? again : base;
    const git = { commit: head.commit, dirty: false };
    return [{ ...fairest, model: { ...fairest.model, path: modelPath }, git }, next];
  } finally {
    runner.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

const MOST_CHANGE = 0.05;

/** Of the machine between two runs, as a logarithm: what a comparison allows for. */
function speedChange(base: Report, next: Report): number {
  const [was, is] = [base.scenarios[0], next.scenarios[0]];
  return was && is ? driftBetween(was, is, true).ofRun : 0;
}

const changedSpeed = (base: Report, next: Report): boolean =>
  base.status === 'complete' && next.status === 'complete' && speedChange(base, next) > MOST_CHANGE;

async function measure(runner: Runner, model: string, options: RunOptions, terminal: Terminal): Promise<Report> {
  const progress = createProgress(terminal);
  try {
    return { ...(await interruptible(runner.profile({ modelPath: model, options }, progress), terminal)) };
  } finally {
    progress.end();
  }
}
