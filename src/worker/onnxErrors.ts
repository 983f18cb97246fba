import path from 'node:path';
import { ExpectedError } from '../core/common/errors.js';
import { oneLine } from '../core/common/oneLine.js';
import { dataTypeName } from '../core/model/dataTypes.js';

/** Source position and signature with which the runtime's C++ opens many messages. */
const SOURCE_POSITION =
  /\S*[\\/]onnxruntime[\\/](?:core|contrib_ops|test)[\\/]\S*:\d+ (?:.*?\)(?: const)?(?:::\S+)? )?/g;
const STATUS_PREFIX = /\[ONNXRuntimeError\] : \d+ : \w+ : /g;
const LOAD_PREFIX = /^Load model (?:from .*? failed:\s*)?/;
/** Of an input or output, when the binding reads the session's metadata. */
const UNSUPPORTED_DATA_TYPE = /^Unsupported data type: (\d+)$/;
const LONGEST_EXAMINED = 2000;
const OUT_OF_MEMORY = /bad_alloc|bad allocation|failed to allocate memory|out of memory|cannot allocate memory/i;

/** First line of the runtime's message, without its source positions and without absolute paths of ours. */
export function runtimeMessage(error: unknown, hiddenFolders: readonly string[]): string {
  // Names from the file are in it: cut before the patterns, which look for their start everywhere.
  const full = (error instanceof Error ? error.message : String(error)).slice(0, LONGEST_EXAMINED);
  const firstLine = full.split(/\r?\n/).find((line) => line.trim() !== '') ?? '';
  let text = firstLine.replace(STATUS_PREFIX, '').replace(SOURCE_POSITION, '').replace(LOAD_PREFIX, '');
  for (const folder of hiddenFolders) if (folder !== '') text = text.replaceAll(folder + path.sep, '');
  return oneLine(text === '' ? 'no reason given' : text);
}

/** What the runtime threw while loading or running, as an error that a user can read. */
export function runtimeError(
  error: unknown,
  when: 'error.runtime.load' | 'error.runtime.run',
  hiddenFolders: readonly string[],
): ExpectedError {
  const text = runtimeMessage(error, hiddenFolders);
  const dataType = UNSUPPORTED_DATA_TYPE.exec(text)?.[1];
  if (dataType !== undefined)
    return new ExpectedError(
      'runtime',
      'error.runtime.dataType',
      { dataType: dataTypeName(Number(dataType)) },
      { cause: error },
    );
  const code = OUT_OF_MEMORY.test(error instanceof Error ? error.message : '') ? 'error.runtime.memory' : when;
  return new ExpectedError('runtime', code, { text }, { cause: error });
}
