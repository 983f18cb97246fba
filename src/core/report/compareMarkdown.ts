/** A comparison as Markdown that fits a comment of a pull request: names in it stay names. */

import type { Text } from '../../format/text/text.js';
import {
  comparisonSentence,
  countsText,
  figureRows,
  gateText,
  groupChange,
  groupName,
  intervalText,
  isTelling,
  kernelsText,
  sideTexts,
  sortGroups,
} from '../../format/views/comparison.js';
import { duration } from '../../format/units.js';
import type { Comparison, ScenarioComparison } from '../../protocol/compare.js';

/** By which a workflow finds its own comment again. */
export const COMPARISON_MARK = '<!-- inference-profiler comparison -->';
const MOST_GROUPS = 15;
const LONGEST = 160;

export function comparisonMarkdown(comparison: Comparison, text: Text): string {
  const { before, now } = sideTexts(comparison, text);
  const title = text('compare.markdown.title', { before: cell(before), now: cell(now) });
  const scenarios = [comparison, ...comparison.others];
  const lines = [
    COMPARISON_MARK,
    `### ${title}`,
    '',
    ...gateLines(comparison, text),
    ...scenarios.flatMap((one) => [
      ...(scenarios.length > 1 ? [`#### ${text('compare.section.scenario', { label: cell(one.label) })}`, ''] : []),
      ...scenarioLines(one, text),
    ]),
    ...list(
      text('compare.section.contract'),
      comparison.contract.map((each) => text.message(each)),
    ),
    `<sub>${text('compare.interval.note')}</sub>`,
  ];
  return `${lines.join('\n')}\n`;
}

function gateLines({ gate }: Comparison, text: Text): string[] {
  if (!gate) return [];
  const { headline, lines } = gateText(gate, text);
  return [`**${headline}**`, ...(lines.length > 0 ? ['', ...lines.map((line) => `- ${cell(line, 1000)}`)] : []), ''];
}

function scenarioLines(compared: ScenarioComparison, text: Text): string[] {
  const heads = (
    codes: readonly ('figure' | 'kernel' | 'before' | 'now' | 'change' | 'interval' | 'verdict')[],
  ): string[] => [
    row(codes.map((code) => text(`compare.column.${code}`))),
    row(codes.map((code) => (['before', 'now', 'change', 'interval'].includes(code) ? '--:' : ':--'))),
  ];
  const changed = sortGroups(compared.groups.filter(isTelling), 'difference', true);
  const groups = changed
    .slice(0, MOST_GROUPS)
    .map((group) =>
      row([
        `${code(groupName(group))} ${cell(kernelsText(group))}`,
        duration(group.baseNs),
        duration(group.newNs),
        cell(groupChange(group, text), 300),
        intervalText(group.interval),
        text(`compare.group.${group.verdict}`),
      ]),
    );
  const sentence = comparisonSentence(compared, text);
  return [
    ...list(
      text('compare.section.notes'),
      compared.notes.map((note) => text.message(note)),
    ),
    sentence.map((part) => (part.strong ? `**${cell(part.text)}**` : cell(part.text, 500))).join(''),
    '',
    ...heads(['figure', 'before', 'now', 'change', 'interval', 'verdict']),
    ...figureRows(compared, text).map((each) =>
      row([each.label, each.before, each.now, each.change, each.interval, each.verdictText]),
    ),
    '',
    countsText(compared, text),
    '',
    ...(groups.length > 0
      ? [...heads(['kernel', 'before', 'now', 'change', 'interval', 'verdict']), ...groups, '']
      : []),
    ...(changed.length > groups.length
      ? [text('compare.groups.more', { number: changed.length - groups.length }), '']
      : []),
  ];
}

const list = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`**${title}**`, '', ...lines.map((line) => `- ${cell(line, 500)}`), ''];

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** Text that neither ends a cell nor becomes markup, a link, or a mention of somebody. */
function cell(value: string, longest = LONGEST): string {
  const points = Array.from(value);
  const short = points.length > longest ? `${points.slice(0, longest).join('')}…` : value;
  return short
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ')
    .replace(/[\\`*_{}[\]()#+!|~]/g, String.raw`\$&`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '@\u200b')
    .replaceAll('://', ':\u200b//');
}

/** In a code span, with a fence longer than any run of backticks inside. */
function code(value: string): string {
  const plain = cell(value).replaceAll(String.raw`\_`, '_');
  return /^[\w./:-]+$/.test(plain) ? `\`${plain}\`` : plain;
}
