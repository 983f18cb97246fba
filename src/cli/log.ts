/** Notes of a run, kept in memory and written only when there is something to look up: a bug, or a process that died. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Logger, LogLevel } from '../core/common/logger.js';

const MAXIMUM_LINES = 5_000;

export class Log implements Logger {
  private readonly lines: string[] = [];

  debug(text: string): void {
    this.add('debug', text);
  }
  info(text: string): void {
    this.add('info', text);
  }
  warn(text: string): void {
    this.add('warn', text);
  }
  error(text: string): void {
    this.add('error', text);
  }

  private add(level: LogLevel, text: string): void {
    this.lines.push(`${new Date().toISOString()} ${level} ${text}`);
    if (this.lines.length > MAXIMUM_LINES) this.lines.shift();
  }

  /** Into a file of its own that only the user can read; its path, or null when it cannot be written anywhere. */
  save(): string | null {
    const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
    const folder = path.join(tmpdir(), 'inference-profiler-logs');
    const file = path.join(folder, `cli-${stamp}-${process.pid}.log`);
    try {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, `${this.lines.join('\n')}\n`, { mode: 0o600, flag: 'wx' });
      return file;
    } catch {
      return null;
    }
  }
}
