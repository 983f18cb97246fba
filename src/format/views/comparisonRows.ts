/** The groups of a comparison as rows: filtered, sorted, with every cell's text. */

import type { ComparedGroup, GroupVerdict, ScenarioComparison } from '../../protocol/compare.js';
import type { Text } from '../text/text.js';
import { duration } from '../units.js';
import {
  causeText,
  changeText,
  differenceNs,
  groupName,
  type GroupSort,
  intervalText,
  isTelling,
  kernelsText,
  signedDuration,
  sortGroups,
} from './comparison.js';
import { plainName } from './names.js';

export interface GroupRow {
  key: string;
  group: ComparedGroup;
  name: string;
  kernels: string;
  before: string;
  now: string;
  /** `+16 %`; the time itself where one side has none. */
  change: string;
  interval: string;
  verdict: GroupVerdict;
  verdictText: string;
  cause: string;
  /** Of the largest difference, −1 to 1. */
  bar: number;
}

export interface GroupRows {
  rows: GroupRow[];
  /** That match, before the limit; and all. */
  matching: number;
  total: number;
}

export interface GroupRowOptions {
  sort: GroupSort;
  descending: boolean;
  filter: string;
  /** Those too that show no difference. */
  all: boolean;
  limit: number;
}

export function groupRows(compared: ScenarioComparison, options: GroupRowOptions, text: Text): GroupRows {
  const words = options.filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, 20);
  // A filter asks by name: then whatever matches is shown.
  const wanted = options.all || words.length > 0 ? compared.groups : compared.groups.filter(isTelling);
  const matching = wanted.filter((group) => matches(group, words, text));
  const sorted = sortGroups(matching, options.sort, options.descending);
  const largest = compared.groups.reduce((most, group) => Math.max(most, Math.abs(differenceNs(group))), 0);
  return {
    rows: sorted.slice(0, options.limit).map((group) => rowOf(group, largest, text)),
    matching: matching.length,
    total: compared.groups.length,
  };
}

function matches(group: ComparedGroup, words: readonly string[], text: Text): boolean {
  if (words.length === 0) return true;
  const { name, module, baseLabel, newLabel, verdict } = group;
  const all = [name, module, baseLabel, newLabel, text(`compare.group.${verdict}`), causeText(group, text)]
    .join('\n')
    .toLowerCase();
  return words.every((word) => all.includes(word));
}

function rowOf(group: ComparedGroup, largest: number, text: Text): GroupRow {
  const { id, baseNs, newNs, ratio, interval, verdict } = group;
  return {
    key: `group:${id}`,
    group,
    name: groupName(group),
    kernels: kernelsText(group),
    before: duration(baseNs),
    now: duration(newNs),
    change: ratio === null ? signedDuration(differenceNs(group)) : changeText(ratio),
    interval: intervalText(interval),
    verdict,
    verdictText: text(`compare.group.${verdict}`),
    cause: causeText(group, text),
    bar: largest > 0 ? differenceNs(group) / largest : 0,
  };
}

/** One line for the clipboard. */
export const groupLine = (row: GroupRow, text: Text): string =>
  text('compare.page.row', {
    name: row.name,
    kernels: row.kernels,
    before: row.before,
    now: row.now,
    change: row.cause === '' ? row.change : text('compare.change.cause', { change: row.change, cause: row.cause }),
    verdict: row.verdictText,
  });

const MOST_NAMES = 12;

/** Names of operators, where the page has the report that they are of; ids otherwise. */
export function operatorNames(ids: readonly string[], nameOf: (id: string) => string | null): string {
  const names = ids.slice(0, MOST_NAMES).map((id) => plainName(nameOf(id) ?? id));
  return ids.length === 0 ? '–' : [...names, ...(ids.length > MOST_NAMES ? ['…'] : [])].join(', ');
}
