import { readEnvironment } from '../../runner/environment.js';
import { ExitCode } from '../exitCodes.js';
import type { ModelFlags } from '../flags.js';
import { writeReport } from '../outputs.js';
import { inspectOptions } from '../runOptions.js';
import type { Terminal } from '../terminal.js';

/** In this process: nothing is run, and starting another would take longer than the work. */
export async function inspect(modelPath: string, flags: ModelFlags, terminal: Terminal): Promise<number> {
  // The code is loaded while the files of the environment are being read.
  const [host, options, { inspectModel }] = await Promise.all([
    readEnvironment(),
    inspectOptions(modelPath, flags),
    import('../../core/report/inspect.js'),
  ]);
  const report = inspectModel(modelPath, options, host);
  await writeReport(report, flags, terminal);
  if (!terminal.wantsResult) return ExitCode.done;
  const { inspectLines } = await import('../text/inspect.js');
  await terminal.result(inspectLines(report, terminal));
  return ExitCode.done;
}
