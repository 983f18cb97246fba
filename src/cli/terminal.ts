/** What goes to standard output and to standard error. Results to the one, everything else to the other. */

import { createText, type Text } from '../format/text/text.js';

export interface TerminalOptions {
  quiet: boolean;
  /** Standard output carries JSON, and nothing but it. */
  jsonOnly: boolean;
}

export class Terminal {
  readonly text: Text = createText();
  private options: TerminalOptions = { quiet: false, jsonOnly: false };
  private readonly noted = new Set<string>();

  configure(options: TerminalOptions): void {
    this.options = options;
  }

  get quiet(): boolean {
    return this.options.quiet;
  }

  /** false: lines for people would be dropped, so that none need be made. */
  get wantsResult(): boolean {
    return !this.options.quiet && !this.options.jsonOnly;
  }

  /** Columns of the result's tables. */
  get width(): number {
    return Math.min(160, Math.max(80, process.stdout.isTTY ? process.stdout.columns : 120));
  }

  /** Lines for people; dropped where only JSON or nothing is wanted. */
  async result(lines: readonly string[]): Promise<void> {
    if (this.wantsResult) await write(process.stdout, `${lines.map(safe).join('\n')}\n`);
  }

  async json(text: string): Promise<void> {
    await write(process.stdout, text);
  }

  /** What happens, where, what to do: not a result. */
  note(line: string): void {
    if (!this.options.quiet) process.stderr.write(`${safe(line)}\n`);
  }

  /** What several parts of a command may come upon, each for itself. */
  noteOnce(line: string): void {
    if (this.noted.has(line)) return;
    this.noted.add(line);
    this.note(line);
  }

  problem(line: string): void {
    process.stderr.write(`inference-profiler: ${safe(line)}\n`);
  }

  /** Resolves once all of it is out. */
  async flush(): Promise<void> {
    await Promise.all([write(process.stdout, ''), write(process.stderr, '')]);
  }
}

/** Names from files must not steer the terminal. */
const safe = (line: string): string =>
  Array.from(line, (character) =>
    character < ' ' || (character >= '\u007f' && character < '\u00a0') ? ' ' : character,
  ).join('');

function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (!error) resolve();
      // Whoever reads has seen enough, as `head` does.
      else if ((error as NodeJS.ErrnoException).code === 'EPIPE') resolve();
      else reject(error);
    });
  });
}
