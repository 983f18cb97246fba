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
import { plainText } from '../../format/views/richText.js';
import { duration } from '../../format/units.js';
import type { Comparison, GateResult, ScenarioComparison } from '../../protocol/compare.js';
import type { Terminal } from '../terminal.js';
import { section, table } from './table.js';

const MOST_GROUPS = 20;
const NAME_COLUMNS = 36;
const CHANGE_COLUMNS = 90;

/** What must be known before any number, the verdict, figures, kernels, contract, gate. */
export function compareLines(comparison: Comparison, terminal: Terminal): string[] {
  const { text } = terminal;
  const scenarios = [comparison, ...comparison.others];
  return [
    text('compare.title', sideTexts(comparison, text)),
    ...scenarios.flatMap((one) => [
      ...(scenarios.length > 1 ? ['', text('compare.section.scenario', { label: one.label })] : []),
      ...scenarioLines(one, terminal),
    ]),
    ...section(
      text('compare.section.contract'),
      comparison.contract.map((change) => text.message(change)),
    ),
    ...(comparison.gate ? gateLines(comparison.gate, terminal) : []),
  ];
}

export function gateLines(gate: GateResult, { text }: Terminal): string[] {
  const { headline, lines } = gateText(gate, text);
  return section(text('compare.section.gate'), [headline, ...lines]);
}

function scenarioLines(compared: ScenarioComparison, { text }: Terminal): string[] {
  return [
    ...section(
      text('compare.section.notes'),
      compared.notes.map((note) => text.message(note)),
    ),
    '',
    `  ${plainText(comparisonSentence(compared, text))}`,
    ...section(text('compare.section.totals'), figureLines(compared, text)),
    ...section(text('compare.section.groups'), groupLines(compared, text)),
  ];
}

function figureLines(compared: ScenarioComparison, text: Terminal['text']): string[] {
  const columns = [
    { heading: text('compare.column.figure'), align: 'left' as const },
    ...(['before', 'now', 'change', 'interval'] as const).map((name) => ({
      heading: text(`compare.column.${name}`),
      align: 'right' as const,
    })),
    { heading: text('compare.column.verdict'), align: 'left' as const },
  ];
  const rows = figureRows(compared, text);
  return table(
    columns,
    rows.map((row) => [row.label, row.before, row.now, row.change, row.interval, row.verdictText]),
  );
}

function groupLines(compared: ScenarioComparison, text: Terminal['text']): string[] {
  const changed = sortGroups(compared.groups.filter(isTelling), 'difference', true);
  const shown = changed.slice(0, MOST_GROUPS);
  const columns = [
    { heading: text('compare.column.kernel'), align: 'left' as const, maximum: NAME_COLUMNS },
    { heading: text('compare.column.before'), align: 'right' as const },
    { heading: text('compare.column.now'), align: 'right' as const },
    { heading: text('compare.column.interval'), align: 'right' as const },
    { heading: text('compare.column.verdict'), align: 'left' as const },
    { heading: text('compare.column.change'), align: 'left' as const, maximum: CHANGE_COLUMNS },
  ];
  const rows = shown.map((group) => [
    `${groupName(group)}  ${kernelsText(group)}`,
    duration(group.baseNs),
    duration(group.newNs),
    intervalText(group.interval),
    text(`compare.group.${group.verdict}`),
    groupChange(group, text),
  ]);
  const more =
    changed.length > shown.length ? [text('compare.groups.more', { number: changed.length - shown.length })] : [];
  return [
    countsText(compared, text),
    ...(rows.length > 0 ? ['', ...table(columns, rows), ...more] : []),
    '',
    text('compare.interval.note'),
  ];
}
