import { appendFileSync } from 'node:fs';
import type { LogOutputChannel } from 'vscode';

import { oneLine } from '../../core/common/oneLine.js';
import type { Logger } from '../../core/common/logger.js';

/** Names a file that is to hold a copy of the log, for editors whose own log files are out of reach. */
const COPY = 'INFERENCE_PROFILER_LOG_FILE';
const MAXIMUM_LENGTH = 20_000;

/** The output channel as a Logger. Text may come from models and libraries: bounded before it is written. */
export function channelLogger(channel: LogOutputChannel): Logger {
  const copy = process.env[COPY];
  const writer =
    (level: keyof Logger) =>
    (text: string): void => {
      const bounded = text.length <= MAXIMUM_LENGTH ? text : oneLine(text, MAXIMUM_LENGTH);
      channel[level](bounded);
      if (copy !== undefined) appendFileSync(copy, `[${level}] ${bounded}\n`);
    };
  return { debug: writer('debug'), info: writer('info'), warn: writer('warn'), error: writer('error') };
}
