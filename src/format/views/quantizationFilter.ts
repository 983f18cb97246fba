/** The filter of a trial's layers: `verdict:keep saves>0.1 sqnr<20 op:Conv text`, as that of the hotspots. */

import type { LayerRow, LayerVerdict } from './quantizationLayers.js';

export interface LayerFilter {
  matches(row: LayerRow): boolean;
  /** Words that could not be read, as typed. */
  unread: string[];
  empty: boolean;
}

type Test = (row: LayerRow) => boolean;

const LONGEST = 500;
const TIME_NS: Readonly<Record<string, number>> = { '': 1e6, ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9 };
const VERDICTS: Readonly<Record<string, readonly LayerVerdict[]>> = {
  quantize: ['quantize'],
  keep: ['keepFloat'],
  unsupported: ['notSupported'],
  faster: ['faster'],
  slower: ['slower'],
  same: ['same'],
};

export function parseLayerFilter(query: string): LayerFilter {
  const tests: Test[] = [];
  const unread: string[] = [];
  for (const word of query.slice(0, LONGEST).match(/-?(?:[^\s"]|"[^"]*"?)+/g) ?? []) {
    const negated = word.length > 1 && word.startsWith('-');
    const term = (negated ? word.slice(1) : word).replaceAll('"', '');
    const test = term === '' ? null : readTerm(term);
    if (!test) unread.push(word);
    else tests.push(negated ? (row) => !test(row) : test);
  }
  return { matches: (row) => tests.every((test) => test(row)), unread, empty: tests.length === 0 };
}

function readTerm(term: string): Test | null {
  const comparison = /^(saves|float|int8|factor|sqnr)(>=|<=|>|<|=)(-?\d+(?:\.\d+)?)([a-zµ]*)$/i.exec(term);
  if (comparison) return readComparison(comparison);
  const field = /^(op|verdict):(.+)$/i.exec(term);
  if (field) {
    const value = field[2]!.toLowerCase();
    if (field[1]!.toLowerCase() === 'op') return (row) => row.opType.toLowerCase().includes(value);
    const verdicts = Object.hasOwn(VERDICTS, value) ? VERDICTS[value] : undefined;
    return verdicts ? (row) => verdicts.includes(row.verdict) : null;
  }
  // A word that looks like a field that does not exist is a mistake worth naming.
  if (/^[a-z]+(?::|[<>]=?)/i.test(term) && !/^[a-z]+::/i.test(term)) return null;
  const word = term.toLowerCase();
  return ({ name, reason, shape }) => [name, reason, shape].some((text) => text.toLowerCase().includes(word));
}

const FIELDS: Readonly<Record<string, (row: LayerRow) => number | null>> = {
  saves: (row) => row.savedNs,
  float: (row) => row.floatNs,
  int8: (row) => row.int8Ns,
  factor: (row) => row.factor,
  sqnr: (row) => row.sqnrDb,
};

function readComparison(match: RegExpExecArray): Test | null {
  const field = match[1]!.toLowerCase();
  const unit = match[4]!.toLowerCase();
  const isTime = field === 'saves' || field === 'float' || field === 'int8';
  const allowed = isTime
    ? Object.hasOwn(TIME_NS, unit)
      ? TIME_NS[unit]
      : undefined
    : unit === '' || unit === (field === 'sqnr' ? 'db' : 'x')
      ? 1
      : undefined;
  const read = FIELDS[field];
  if (allowed === undefined || !read) return null;
  const limit = Number(match[3]) * allowed;
  const operator = match[2]!;
  return (row) => {
    const value = read(row);
    if (value === null) return false;
    if (operator === '=') return value === limit;
    return (operator.startsWith('>') ? value > limit : value < limit) || (operator.endsWith('=') && value === limit);
  };
}
