/** The commands and flags; what each does stands in `commands/`. */

import { Command, Option } from 'commander';

import { tool } from '../core/report/tool.js';
import type { TextCode } from '../format/text/catalogue.js';
import { type CompareFlags, readPercent } from './compareFlags.js';
import { type CostFlags, withCost } from './costFlags.js';
import type { ExportFlags } from './commands/export.js';
import type { ProfileFlags } from './commands/profile.js';
import { ExitCode } from './exitCodes.js';
import {
  type CommonFlags,
  type ModelFlags,
  readDimension,
  positive,
  readInput,
  readOptimization,
  seconds,
  wholeNumber,
} from './flags.js';
import type { HintsFlags } from './hintsFlags.js';
import type { Log } from './log.js';
import { takesStandardOutput } from './outputs.js';
import { DEFAULTS } from './runOptions.js';
import { QUANTIZE_DEFAULTS, type QuantizeFlags, readCalibration, readMethod } from './quantizeFlags.js';
import type { Terminal } from './terminal.js';

const LARGEST_SEED = Number.MAX_SAFE_INTEGER;
const MOST_THREADS = 1024;
const LONGEST_BUDGET_SECONDS = 24 * 3600;
const LARGEST_MEMORY_MIB = 1 << 30;

/** `setExitCode` receives what the command that ran returns. */
export function createProgram(terminal: Terminal, log: Log, setExitCode: (code: number) => void): Command {
  const { text } = terminal;
  const program = new Command('inference-profiler')
    .description(text('cli.about'))
    .version(tool.version)
    .exitOverride()
    .helpCommand(false)
    .configureHelp({ helpWidth: terminal.width });
  const command = (usage: string, about: TextCode): Command =>
    program.command(usage).description(text(about)).allowExcessArguments(false);
  const act = async (flags: CommonFlags, run: () => Promise<number>): Promise<void> => {
    terminal.configure({ quiet: flags.quiet ?? false, jsonOnly: takesStandardOutput(flags) });
    setExitCode(await run());
  };

  withCommon(command('scan', 'cli.scan.about').argument('[dir]', text('cli.argument.dir'), '.'), text).action(
    (folder: string, flags: CommonFlags) =>
      act(flags, async () => (await import('./commands/scan.js')).scan(folder, flags, terminal)),
  );
  const inspect = command('inspect', 'cli.inspect.about').argument('<model>', text('cli.argument.model'));
  withPage(withDimensions(withCommon(inspect, text), text), text).action((model: string, flags: ModelFlags) =>
    act(flags, async () => (await import('./commands/inspect.js')).inspect(model, flags, terminal)),
  );
  const profile = command('profile', 'cli.profile.about').argument('<model>', text('cli.argument.model'));
  profile.option('--baseline <file>', text('cli.option.baseline'));
  withGate(withRun(withPage(withDimensions(withCommon(profile, text), text), text), text), text).action(
    (model: string, flags: ProfileFlags) =>
      act(flags, async () => (await import('./commands/profile.js')).profile(model, flags, terminal, log)),
  );
  const quantize = command('quantize', 'cli.quantize.about').argument('<model>', text('cli.argument.model'));
  withQuantization(withRun(withPage(withDimensions(withCommon(quantize, text), text), text), text), text).action(
    (model: string, flags: QuantizeFlags) =>
      act(flags, async () => (await import('./quantizeCommand.js')).quantize(model, flags, terminal, log)),
  );
  const cost = command('cost', 'cli.cost.about').argument('<model|report>', text('cli.argument.modelOrReport'));
  withCost(withRun(withPage(withDimensions(withCommon(cost, text), text), text), text), text).action(
    (subject: string, flags: CostFlags) =>
      act(flags, async () => (await import('./costCommand.js')).cost(subject, flags, terminal, log)),
  );
  addCompare(command('compare', 'cli.compare.about'), terminal, log, act);
  const hints = command('hints', 'cli.hints.about').argument('<config...>', text('cli.argument.configs'));
  withHints(withCommon(hints, text), text).action((files: string[], flags: HintsFlags) =>
    act(flags, async () => (await import('./commands/hints.js')).hints(files, flags, terminal)),
  );
  const exportCommand = command('export', 'cli.export.about').argument('<report>', text('cli.argument.report'));
  exportCommand.option('--model <file>', text('cli.option.model'));
  withPage(withDimensions(withCommon(exportCommand, text), text), text).action((file: string, flags: ExportFlags) =>
    act(flags, async () => (await import('./commands/export.js')).exportReport(file, flags, terminal, log)),
  );
  program.addHelpText('after', `\n${text('cli.exitCodes', { ...ExitCode })}`);
  return program;
}

type TextOf = Terminal['text'];

function addCompare(
  command: Command,
  terminal: Terminal,
  log: Log,
  act: (flags: CommonFlags, run: () => Promise<number>) => Promise<void>,
): void {
  const { text } = terminal;
  command
    .argument('[base]', text('cli.argument.base'))
    .argument('[new]', text('cli.argument.new'))
    .option('--head <model>', text('cli.option.head'))
    .option('--html <file>', text('cli.option.compareHtml'))
    .option('--md <file>', text('cli.option.hintsMd'));
  withGate(withRun(withDimensions(withCommon(command, text), text), text), text).action(
    (base: string | undefined, next: string | undefined, flags: CompareFlags) =>
      act(flags, async () => (await import('./compareCommand.js')).compare(base, next, flags, terminal, log)),
  );
}

const withGate = (command: Command, text: TextOf): Command =>
  command
    .addOption(new Option('--fail-on <percent>', text('cli.option.failOn')).argParser(readPercent))
    .option('--fail-on-inconclusive', text('cli.option.failOnInconclusive'));

const withCommon = (command: Command, text: TextOf): Command =>
  command
    .option('--json <file>', text('cli.option.json'))
    .option('--store <dir>', text('cli.option.store'))
    .option('--config <file>', text('cli.option.config'))
    .option('--quiet', text('cli.option.quiet'))
    .option('--force', text('cli.option.force'));

const withDimensions = (command: Command, text: TextOf): Command =>
  command.addOption(new Option('--dim <name=n>', text('cli.option.dim')).argParser(readDimension));

const withPage = (command: Command, text: TextOf): Command =>
  command
    .option('--html <file>', text('cli.option.html'))
    .option('--md <file>', text('cli.option.markdown'))
    .option('--csv <file>', text('cli.option.csv'))
    .option('--trace <file>', text('cli.option.trace'));

function withRun(command: Command, text: TextOf): Command {
  const add = (flags: string, about: TextCode, parse: (value: string) => unknown, standard?: unknown): void => {
    const option = new Option(flags, text(about)).argParser(parse);
    command.addOption(standard === undefined ? option : option.default(standard));
  };
  command.addOption(new Option('--input <name=file>', text('cli.option.input')).argParser(readInput));
  command.option('--input-dir <dir>', text('cli.option.inputDir'));
  add('--seed <n>', 'cli.option.seed', wholeNumber('--seed', 0, LARGEST_SEED), DEFAULTS.seed);
  command.option('--provider <name>', text('cli.option.provider'));
  add('--threads <n>', 'cli.option.threads', wholeNumber('--threads', 0, MOST_THREADS));
  add('--optimization <level>', 'cli.option.optimization', readOptimization, DEFAULTS.optimization);
  add('--budget <seconds>', 'cli.option.budget', seconds('--budget', LONGEST_BUDGET_SECONDS), DEFAULTS.budgetSeconds);
  command.option('--data-check', text('cli.option.dataCheck'));
  add('--memory-limit <mib>', 'cli.option.memoryLimit', wholeNumber('--memory-limit', 1, LARGEST_MEMORY_MIB));
  return command;
}

const HIGHEST_RATE = 1e7;
const LONGEST_TARGET_MS = 1e7;

function withHints(command: Command, text: TextOf): Command {
  command.option('--md <file>', text('cli.option.md'));
  command.addOption(new Option('--rate <rps>', text('cli.option.rate')).argParser(positive('--rate', HIGHEST_RATE)));
  const target = new Option('--target-ms <ms>', text('cli.option.targetMs'));
  return command.addOption(target.argParser(positive('--target-ms', LONGEST_TARGET_MS)));
}

const MOST_SAMPLES = 100_000;
const HIGHEST_DB = 150;

function withQuantization(command: Command, text: TextOf): Command {
  const { calibration, targetDb, samples } = QUANTIZE_DEFAULTS;
  const add = (flags: string, about: TextCode, parse: (value: string) => unknown, standard: unknown): void => {
    command.addOption(new Option(flags, text(about)).argParser(parse).default(standard));
  };
  command.option('--out <file>', text('cli.option.out'));
  command.addOption(new Option('--method <name>', text('cli.option.method')).argParser(readMethod));
  command.option('--labels <file>', text('cli.option.labels'));
  command.option('--pruning', text('cli.option.pruning'));
  const gather = (word: string, earlier: string[] = []): string[] => [...earlier, word];
  command.addOption(new Option('--alternatives <glob>', text('cli.option.alternatives')).argParser(gather));
  add('--calibration <method>', 'cli.option.calibration', readCalibration, calibration);
  add('--target-db <db>', 'cli.option.targetDb', wholeNumber('--target-db', 0, HIGHEST_DB), targetDb);
  add('--samples <n>', 'cli.option.samples', wholeNumber('--samples', 1, MOST_SAMPLES), samples);
  return command;
}
