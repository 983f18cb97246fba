/** The report as Markdown for a pull request's comment: the figure, layers, hotspots, and how to repeat it. */

import { createText, type Text } from '../../format/text/text.js';
import { bytes, decimal, durationUnit, durationWithError, inUnit, integer, decimalsFor } from '../../format/units.js';
import { dateText } from '../../format/views/dates.js';
import { conditionFacts, memoryFacts, modelFacts, staticFacts, type Fact } from '../../format/views/facts.js';
import { parseFilter } from '../../format/views/filter.js';
import { hotspotTable } from '../../format/views/hotspots.js';
import { hotspotCells, hotspotColumns } from '../../format/views/hotspotText.js';
import { moduleTree } from '../../format/views/layers.js';
import { latencyView } from '../../format/views/latency.js';
import { plainName, shortenMiddle } from '../../format/views/names.js';
import { resultLine } from '../../format/views/resultLine.js';
import { indexScenario, shareOf, type ScenarioIndex } from '../../format/views/scenarioIndex.js';
import type { Report } from '../../protocol/report.js';
import { code, fenced, inline, markdownTable, type MarkdownColumn } from './markdownText.js';

const LAYERS_SHOWN = 6;
const KERNELS_SHOWN = 10;
const MOST_SCENARIOS = 8;
const MOST_NOTES = 12;
const LONGEST_NAME = 72;
/** Comments end at 65,536 characters; other text needs room beside this one. */
const LONGEST_COMMENT = 40_000;

/** GitHub-flavoured. Names stand in code spans: no HTML, mention, link or reference comes of them. */
export function writeMarkdown(report: Report): string {
  const text = createText();
  const indexes = report.scenarios.map(({ id }) => indexScenario(report, id)).filter((index) => index !== null);
  const fileName = report.model.path.split(/[\\/]/).at(-1) ?? '';
  const blocks = [`### ${code(shortenMiddle(fileName, LONGEST_NAME)) || text('page.unknown')}`];
  let length = 0;
  for (const [position, index] of indexes.entries()) {
    const scenario = scenarioBlocks(index, fileName, indexes.length > 1, text);
    length += scenario.reduce((sum, block) => sum + block.length, 0);
    if (position >= MOST_SCENARIOS || (position > 0 && length > LONGEST_COMMENT)) {
      blocks.push(inline(text('report.markdown.moreScenarios', { number: integer(indexes.length - position) })));
      break;
    }
    blocks.push(...scenario);
  }
  return `${[...blocks, details(report, indexes[0] ?? null, text)].join('\n\n')}\n`;
}

function scenarioBlocks(index: ScenarioIndex, fileName: string, isOneOfMany: boolean, text: Text): string[] {
  const { scenario } = index;
  const latency = latencyView(index);
  const heading = isOneOfMany ? [`#### ${code(shortenMiddle(scenario.label || scenario.id, LONGEST_NAME))}`] : [];
  const figure = latency
    ? `**${inline(durationWithError(latency.medianNs, latency.errorNs))}**`
    : inline(text(scenario.kernels.length > 0 ? 'report.markdown.kernelsOnly' : 'report.markdown.notMeasured'));
  const line = resultLine(index, shortenMiddle(fileName, LONGEST_NAME), text);
  return [
    ...heading,
    figure,
    ...(line === null ? [] : [inline(line)]),
    ...layerBlock(index, text),
    ...hotspotBlock(index, text),
    ...(scenario.run.command === '' ? [] : [fenced(plainName(scenario.run.command), 'sh')]),
  ];
}

function layerBlock(index: ScenarioIndex, text: Text): string[] {
  const modules = [...moduleTree(index).children].sort((a, b) => b.timeNs - a.timeNs);
  const largest = modules[0];
  if (!largest || largest.timeNs <= 0 || modules.length < 2) return [];
  const unit = durationUnit(largest.timeNs);
  const decimals = Math.max(1, decimalsFor(largest.timeNs / unit.scale));
  const columns: MarkdownColumn[] = [
    { heading: text('cli.column.module') },
    { heading: '%', right: true },
    { heading: unit.label, right: true },
    { heading: text('cli.column.kernels'), right: true },
  ];
  const rows = modules
    .slice(0, LAYERS_SHOWN)
    .map((module) => [
      code(shortenMiddle(module.path, LONGEST_NAME)),
      decimal(shareOf(index, module.timeNs) * 100, 1),
      inUnit(module.timeNs, unit, decimals),
      integer(module.kernelCount),
    ]);
  const more = modules.length - rows.length;
  return [markdownTable(columns, rows), ...(more > 0 ? [inline(text('page.more', { number: more }))] : [])];
}

function hotspotBlock(index: ScenarioIndex, text: Text): string[] {
  if (index.scenario.kernels.length === 0) return [];
  const found = hotspotTable(index, {
    filter: parseFilter(index, ''),
    sort: 'share',
    descending: true,
    groupBy: 'kernel',
    expanded: new Set(),
    limit: KERNELS_SHOWN,
  });
  const units = hotspotColumns(found);
  const columns: MarkdownColumn[] = [
    { heading: text('cli.column.kernel') },
    { heading: text('cli.column.operators') },
    { heading: '%', right: true },
    { heading: units.time.label, right: true },
    { heading: '±', right: true },
    { heading: text('cli.column.output'), right: true },
    { heading: 'GFLOP/s', right: true },
  ];
  const rows = found.rows.map((row) => {
    const cells = hotspotCells(index, row, units, text);
    const isName = row.kind === 'kernel';
    const name = (value: string): string => (isName ? code(shortenMiddle(value, LONGEST_NAME)) : inline(value));
    const error = cells.error.replace(/^± /, '');
    return [name(cells.title), name(cells.subtitle), cells.share, cells.time, error, cells.shape, cells.gflops];
  });
  return [markdownTable(columns, [...rows, ...sumRows(index, units, text)])];
}

/** What lies outside the kernels, and the median that all adds up to. */
function sumRows(index: ScenarioIndex, units: ReturnType<typeof hotspotColumns>, text: Text): string[][] {
  const { overhead, latency } = index.scenario;
  const row = (timeNs: number, title: string): string[] => [
    title,
    '',
    decimal(shareOf(index, timeNs) * 100, 1),
    inUnit(timeNs, units.time, units.timeDecimals),
    '',
    '',
    '',
  ];
  return [
    ...(overhead ? [row(overhead.timeNs, inline(text('cli.hotspots.outside')))] : []),
    ...(latency ? [row(latency.medianNs, `**${inline(text('cli.hotspots.total'))}**`)] : []),
  ];
}

/** Folded: what a reader of the comment opens when in doubt. */
function details(report: Report, index: ScenarioIndex | null, text: Text): string {
  const { model, git, tool } = report;
  const facts: Fact[] = index
    ? [
        ...(index.scenario.latency ? modelFacts(index, text) : staticFacts(report, text)),
        ...(memoryFacts(index, text) ?? []),
        ...conditionFacts(index, text),
      ]
    : staticFacts(report, text);
  const fact = (label: string, value: string): string[] => [inline(label), code(shortenMiddle(value, 120))];
  const rows = [
    ...facts.map(({ label, value }) => fact(label, value)),
    fact(text('report.markdown.size'), bytes(model.fileBytes)),
    ...(model.contentSha256 === null ? [] : [fact('SHA-256', model.contentSha256)]),
    ...(git ? [fact('Git', `${git.commit.slice(0, 12)}${git.dirty ? '+' : ''}`)] : []),
    fact(text('report.markdown.tool'), `${tool.name} ${tool.version}, ${dateText(report.createdAt)}`),
  ];
  const notes = [...report.warnings, ...(index?.scenario.warnings ?? [])].map((warning) => text.message(warning));
  const shown = notes.slice(0, MOST_NOTES).map((note) => `- ${inline(shortenMiddle(note, 400))}`);
  const table = markdownTable([{ heading: '' }, { heading: '' }], rows);
  return [
    `<details><summary>${text('report.markdown.details')}</summary>`,
    table,
    ...(shown.length > 0 ? [shown.join('\n')] : []),
    '</details>',
  ].join('\n\n');
}
