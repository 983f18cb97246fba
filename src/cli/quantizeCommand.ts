import path from 'node:path';

import type { AlternativesSection } from '../protocol/quantization.js';
import { Runner } from '../runner/runner.js';
import { ExitCode } from './exitCodes.js';
import { alternativeFiles } from './alternatives.js';
import type { QuantizeFlags } from './quantizeFlags.js';
import { interruptible, keep } from './commands/profile.js';
import type { Log } from './log.js';
import { requireFreeOutputs, writeReport } from './outputs.js';
import { createProgress } from './progress.js';
import { runOptions } from './runOptions.js';
import type { Terminal } from './terminal.js';
import { defaultStoreFolder } from '../store/storeFolder.js';

/** As they are named from here. */
const withShortPaths = (section: AlternativesSection): AlternativesSection => ({
  ...section,
  models: section.models.map((model) => ({ ...model, path: path.relative('', model.path) })),
});

/** Tries quantization, prints the verdict, the plans and the layers, and writes a model where asked to. */
export async function quantize(modelPath: string, flags: QuantizeFlags, terminal: Terminal, log: Log): Promise<number> {
  await requireFreeOutputs(flags);
  const options = { ...(await runOptions(modelPath, flags, terminal)), command: 'inference-profiler quantize' };
  const { calibration, targetDb, method, samples, out } = flags;
  const settings = {
    calibration,
    targetSqnrDb: targetDb,
    method: method ?? null,
    plan: null,
    mostSamples: samples,
    alternatives: await alternativeFiles(flags.alternatives ?? [], modelPath),
    pruning: flags.pruning ?? false,
    labels: flags.labels === undefined ? null : path.resolve(flags.labels),
  };
  const output = out === undefined ? null : { path: path.resolve(out), overwrite: flags.force ?? false };
  const storeFolder = path.resolve(flags.store ?? defaultStoreFolder());
  const cacheFolder = path.join(path.dirname(storeFolder), 'cache');
  const runner = new Runner({ distFolder: __dirname, logger: log, cacheFolder });
  const progress = createProgress(terminal);
  const startedMs = performance.now();
  try {
    const run = runner.quantize({ modelPath: path.resolve(modelPath), options, settings, output }, progress);
    const report = { ...(await interruptible(run, terminal)) };
    progress.end();
    report.model = { ...report.model, path: modelPath };
    if (report.alternatives) report.alternatives = report.alternatives.map(withShortPaths);
    await keep(report, storeFolder, modelPath, (performance.now() - startedMs) / 1000, terminal);
    await writeReport(report, flags, terminal);
    const { quantizeLines } = await import('./quantizeText.js');
    await terminal.result(quantizeLines(report, terminal));
    return report.status === 'partial' ? ExitCode.stopped : ExitCode.done;
  } finally {
    progress.end();
    runner.dispose();
  }
}
