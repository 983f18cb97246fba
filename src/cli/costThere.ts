/** How the model is measured on another machine: a line for its shell, or a script for its own runtime. */

import { ExpectedError } from '../core/common/errors.js';
import { commandThere, measurementFile, scriptThere } from '../core/cost/measureThere.js';
import type { Report } from '../protocol/report.js';
import { readEnvironment } from '../runner/environment.js';
import type { CostFlags } from './costFlags.js';
import { ExitCode } from './exitCodes.js';
import { inspectOptions } from './runOptions.js';
import type { Terminal } from './terminal.js';

const LONGEST_NAME = 100;
/** They need answers, and here there are none. */
const OUTPUTS = ['json', 'html', 'md', 'csv', 'trace'] as const;

/**
 * On standard output nothing but the command or the script; what to do with it goes to standard error. `given`: a report
 * in place of a model file. Nothing is run.
 *
 * @throws ExpectedError (input): a flag that makes no sense beside it, or inputs that the script cannot make.
 */
export async function measureThere(
  modelPath: string,
  given: Report | null,
  instance: string,
  flags: CostFlags,
  terminal: Terminal,
): Promise<number> {
  const name = instance.trim();
  if (name === '' || name.length > LONGEST_NAME) throw new ExpectedError('input', 'cli.there.name');
  const output = OUTPUTS.find((each) => flags[each] !== undefined);
  const flag = output ?? (flags.loadTest === undefined ? undefined : 'load-test');
  if (flag !== undefined) throw new ExpectedError('input', 'cli.there.alone', { flag: `--${flag}` });
  const report = given ?? (await inspected(modelPath, flags));
  const [scenario] = report.scenarios;
  if (!scenario) throw new ExpectedError('input', 'cost.there.nothing');
  const isScript = flags.python === true;
  const text = isScript ? scriptThere(report, scenario, name) : commandThere(report, scenario, name);
  if (text === null) {
    const types = [...new Set(scenario.inputs.map(({ dataType }) => dataType))].join(', ');
    throw new ExpectedError('input', 'cli.there.noScript', { types });
  }
  await terminal.result(text.trimEnd().split('\n'));
  const params = { instance: name, file: measurementFile(name) };
  terminal.note(terminal.text(isScript ? 'cli.there.script' : 'cli.there.command', params));
  return ExitCode.done;
}

async function inspected(modelPath: string, flags: CostFlags): Promise<Report> {
  const [{ inspectModel }, host, options] = await Promise.all([
    import('../core/report/inspect.js'),
    readEnvironment(),
    inspectOptions(modelPath, flags),
  ]);
  return inspectModel(modelPath, options, host);
}
