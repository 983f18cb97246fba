import type { LogOutputChannel } from 'vscode';

import { oneLine } from '../../core/common/oneLine.js';
import type { Logger } from '../../core/common/logger.js';

const MAXIMUM_LENGTH = 20_000;

/** The output channel as a Logger. Text may come from models and libraries: bounded before it is written. */
export function channelLogger(channel: LogOutputChannel): Logger {
  const bounded = (text: string): string => (text.length <= MAXIMUM_LENGTH ? text : oneLine(text, MAXIMUM_LENGTH));
  return {
    debug: (text) => {
      channel.debug(bounded(text));
    },
    info: (text) => {
      channel.info(bounded(text));
    },
    warn: (text) => {
      channel.warn(bounded(text));
    },
    error: (text) => {
      channel.error(bounded(text));
    },
  };
}
