/**
 * The filter language of the hotspots: `op:Conv share>2% in:merge trusted:no text`. Words are joined by "and"; `-` in
 * front turns one round; quotes keep spaces together. What cannot be read is named and left out.
 */

import type { Kernel } from '../../protocol/report.js';
import { mainOperator, operatorName, shareOf, type ScenarioIndex } from './scenarioIndex.js';

export interface KernelFilter {
  matches(kernel: Kernel): boolean;
  /** Words that could not be read, as typed. */
  unread: string[];
  /** Nothing was asked for. */
  empty: boolean;
}

type Test = (kernel: Kernel) => boolean;

const DURATION_NS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9 };
const COUNT: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };
const LONGEST = 500;

export function parseFilter(index: ScenarioIndex, query: string): KernelFilter {
  const tests: Test[] = [];
  const unread: string[] = [];
  for (const word of query.slice(0, LONGEST).match(/-?(?:[^\s"]|"[^"]*"?)+/g) ?? []) {
    const negated = word.length > 1 && word.startsWith('-');
    const term = (negated ? word.slice(1) : word).replaceAll('"', '');
    const test = term === '' ? null : readTerm(index, term);
    if (!test) unread.push(word);
    else tests.push(negated ? (kernel) => !test(kernel) : test);
  }
  return {
    matches: (kernel) => tests.every((test) => test(kernel)),
    unread,
    empty: tests.length === 0,
  };
}

function readTerm(index: ScenarioIndex, term: string): Test | null {
  const comparison = /^(share|time|macs|calls)(>=|<=|>|<|=)(\d+(?:\.\d+)?)\s*(%|[a-zµ]*)$/i.exec(term);
  if (comparison) return readComparison(index, comparison);
  const field = /^(op|in|trusted|kind|bound):(.*)$/i.exec(term);
  if (field) return readField(index, field[1]!.toLowerCase(), field[2]!.toLowerCase());
  // A word that looks like a field that does not exist is a mistake worth naming.
  if (/^[a-z]+(?::|[<>]=?)/i.test(term) && !/^[a-z]+::/i.test(term)) return null;
  return textTest(index, term.toLowerCase());
}

function readComparison(index: ScenarioIndex, match: RegExpExecArray): Test | null {
  const field = match[1]!.toLowerCase();
  const unit = match[4]!.toLowerCase();
  const scale =
    field === 'share'
      ? unit === '%' || unit === ''
        ? 0.01
        : undefined
      : field === 'time'
        ? DURATION_NS[unit === '' ? 'ms' : unit]
        : COUNT[unit];
  if (scale === undefined) return null;
  const limit = Number(match[3]) * scale;
  const compare = comparator(match[2]!, limit);
  if (field === 'share') return (kernel) => compare(shareOf(index, kernel.selfTimeNs));
  if (field === 'time') return (kernel) => compare(kernel.selfTimeNs);
  if (field === 'calls') return (kernel) => compare(kernel.callsPerRun);
  return (kernel) => compare(kernel.macs ?? 0);
}

function comparator(operator: string, limit: number): (value: number) => boolean {
  switch (operator) {
    case '>':
      return (value) => value > limit;
    case '>=':
      return (value) => value >= limit;
    case '<':
      return (value) => value < limit;
    case '<=':
      return (value) => value <= limit;
    default:
      return (value) => value === limit;
  }
}

function readField(index: ScenarioIndex, field: string, value: string): Test | null {
  if (value === '') return null;
  switch (field) {
    case 'op':
      return (kernel) =>
        kernel.opType.toLowerCase().includes(value) ||
        kernel.operatorIds.some((id) => index.operators.get(id)?.opType.toLowerCase() === value);
    case 'in':
      return (kernel) => `/${kernel.module.toLowerCase()}/`.includes(value);
    case 'trusted':
      if (value !== 'yes' && value !== 'no') return null;
      return (kernel) => kernel.trusted === (value === 'yes');
    case 'kind':
      return ['compute', 'layout', 'copy'].includes(value) ? (kernel) => kernel.kind === value : null;
    default:
      return ['compute', 'memory', 'overhead'].includes(value) ? (kernel) => kernel.bound === value : null;
  }
}

function textTest(index: ScenarioIndex, word: string): Test {
  return (kernel) => {
    if (kernel.opType.toLowerCase().includes(word) || kernel.name.toLowerCase().includes(word)) return true;
    if (kernel.module.toLowerCase().includes(word)) return true;
    const main = mainOperator(index, kernel);
    if (main && operatorName(index, main).toLowerCase().includes(word)) return true;
    return kernel.operatorIds.some((id) => index.operators.get(id)?.name.toLowerCase().includes(word) ?? false);
  };
}
