import type { Report } from '../../protocol/report.js';
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
    inspectOptions(modelPath, flags, terminal),
    import('../../core/report/inspect.js'),
  ]);
  const report = inspectModel(modelPath, options, host);
  // The lines are made while the file that the report goes to is being opened.
  const [lines] = await Promise.all([linesOf(report, terminal), writeReport(report, flags, terminal)]);
  await terminal.result(lines);
  return ExitCode.done;
}

async function linesOf(report: Report, terminal: Terminal): Promise<string[]> {
  if (!terminal.wantsResult) return [];
  const { inspectLines } = await import('../text/inspect.js');
  return inspectLines(report, terminal);
}
