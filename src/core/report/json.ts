import type { Report } from '../../protocol/report.js';

/** Items of a list that are made into text at a time: few enough that the text is gone before it costs memory. */
const BLOCK = 256;

/** The report as a file: one line, its schema version first, so that readers know it from its first bytes. */
export function writeJson(report: Report): string {
  return [...jsonParts(report)].join('');
}

/** The same text piece by piece, so that what is there can be written while the rest is being made. */
export function* jsonParts({ schemaVersion, ...rest }: Report): Generator<string> {
  yield* objectParts({ schemaVersion, ...rest });
  yield '\n';
}

function* objectParts(object: object): Generator<string> {
  let before = '{';
  for (const [key, value] of Object.entries(object) as [string, unknown][]) {
    if (value === undefined) continue;
    yield `${before}${JSON.stringify(key)}:`;
    if (key === 'scenarios') yield* joined((value as Report['scenarios']).map(objectParts));
    else if (Array.isArray(value)) yield* joined(blocksOf(value));
    else yield JSON.stringify(value);
    before = ',';
  }
  yield '}';
}

/** A list of what the parts of each item make. */
function* joined(items: Iterable<Iterable<string>>): Generator<string> {
  let before = '[';
  for (const parts of items) {
    yield before;
    yield* parts;
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}

/** Of a long list, each block's items without the brackets around them. */
function* blocksOf(list: readonly unknown[]): Generator<[string]> {
  for (let start = 0; start < list.length; start += BLOCK)
    yield [JSON.stringify(list.slice(start, start + BLOCK)).slice(1, -1)];
}
