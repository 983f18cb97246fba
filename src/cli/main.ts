/** The command line's entry: parses, runs one command, and turns whatever happens into an exit code and one sentence. */

import { toFailure } from '../core/common/errors.js';
import { ExitCode, exitCodeOf } from './exitCodes.js';
import { Log } from './log.js';
import { createProgram } from './program.js';
import { Terminal } from './terminal.js';

async function run(words: readonly string[], terminal: Terminal): Promise<number> {
  const log = new Log();
  let exitCode: number = ExitCode.done;
  try {
    await createProgram(terminal, log, (code) => {
      exitCode = code;
    }).parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    // The parser has said itself what is wrong with the call; asking for help is not wrong.
    if (isParserError(error)) return error.exitCode === 0 ? ExitCode.done : ExitCode.input;
    return fail(error, terminal, log);
  }
}

const isParserError = (error: unknown): error is { exitCode: number } =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('commander.');

function fail(error: unknown, terminal: Terminal, log: Log): number {
  const failure = toFailure(error);
  if (failure.stack !== null) log.error(failure.stack);
  terminal.problem(terminal.text.message(failure.message));
  if (failure.kind === 'bug') {
    const file = log.save();
    if (file !== null) terminal.problem(terminal.text('cli.log', { file }));
  }
  return exitCodeOf(failure);
}

// Whoever reads has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(ExitCode.done);
  throw error;
});

const terminal = new Terminal();
void run(process.argv.slice(2), terminal).then(async (code) => {
  // What was said first; then at once, for taking a large report's memory down piece by piece takes a while.
  await terminal.flush();
  process.exit(code);
});
