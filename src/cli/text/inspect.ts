import { count, integer } from '../../format/units.js';
import { needsFacts, staticFacts } from '../../format/views/facts.js';
import { macsColumn, operatorTypes } from '../../format/views/operatorTypes.js';
import type { Report } from '../../protocol/report.js';
import type { Terminal } from '../terminal.js';
import { checkLines, factLines, titleLine, warningLines } from './common.js';
import { section, table } from './table.js';

const TYPES_SHOWN = 12;

/** What is known of a model without running it. */
export function inspectLines(report: Report, terminal: Terminal): string[] {
  const { text } = terminal;
  const [first] = report.scenarios;
  return [
    titleLine(report, first ?? null, terminal),
    '',
    text('page.empty.static'),
    ...section(text('cli.section.model'), factLines(staticFacts(report, text))),
    ...section(text('cli.section.memory'), factLines(needsFacts(report, null, text))),
    ...operatorLines(report, terminal),
    ...scenarioLines(report, terminal),
    ...checkLines(report, terminal),
    ...warningLines(report, first ?? null, terminal),
  ];
}

function operatorLines(report: Report, { text }: Terminal): string[] {
  const types = operatorTypes(report);
  const macsOf = macsColumn(types, 1, text);
  const rows = types
    .slice(0, TYPES_SHOWN)
    .map(({ opType, nodes, macs }) => [opType, integer(nodes), macsOf.cell(macs)]);
  const more = types.length - rows.length;
  const columns = [
    { heading: text('page.static.opType'), align: 'left' },
    { heading: text('page.static.count'), align: 'right' },
    { heading: macsOf.heading, align: 'right' },
  ] as const;
  const lines = rows.length === 0 ? [] : table(columns, rows);
  return section(
    text('page.static.operators'),
    more > 0 ? [...lines, text('page.static.moreTypes', { number: more })] : lines,
  );
}

/** One line each, where several sets of dimensions were asked for. */
function scenarioLines({ scenarios }: Report, { text }: Terminal): string[] {
  if (scenarios.length < 2) return [];
  const rows = scenarios.map(({ label, totals }) => [label, count(totals.macs)]);
  const columns = [
    { heading: text('page.scenario'), align: 'left', maximum: 80 },
    { heading: text('page.model.macs'), align: 'right' },
  ] as const;
  return section(text('cli.section.scenarios'), table(columns, rows));
}
