import { decimal, duration, durationUnit, durationWithError, inUnit, integer, percent } from '../../format/units.js';
import { conditionFacts, latencyFacts, memoryFacts, modelFacts } from '../../format/views/facts.js';
import { headline } from '../../format/views/headline.js';
import { latencyView, type Percentile } from '../../format/views/latency.js';
import { plainText } from '../../format/views/richText.js';
import { indexScenario, type ScenarioIndex } from '../../format/views/scenarioIndex.js';
import type { Report } from '../../protocol/report.js';
import type { Terminal } from '../terminal.js';
import { checkLines, factLines, titleLine, warningLines } from './common.js';
import { hotspotLines } from './hotspots.js';
import { layerLines } from './layers.js';
import { section, table } from './table.js';

/** A measured report: each scenario in turn, then what holds for all of them. */
export function profileLines(report: Report, terminal: Terminal): string[] {
  const indexes = report.scenarios.map(({ id }) => indexScenario(report, id)).filter((index) => index !== null);
  const [first] = indexes;
  if (!first) return [titleLine(report, null, terminal), ...warningLines(report, null, terminal)];
  return [
    ...indexes.flatMap((index, position) => [...(position === 0 ? [] : ['']), ...scenarioLines(index, terminal)]),
    ...curveLines(indexes, terminal),
    ...section(terminal.text('cli.section.model'), factLines(modelFacts(first, terminal.text))),
    ...section(terminal.text('cli.section.conditions'), factLines(conditionFacts(first, terminal.text))),
    ...checkLines(report, terminal),
  ];
}

function scenarioLines(index: ScenarioIndex, terminal: Terminal): string[] {
  const { text } = terminal;
  const sentences = headline(index, null, text).map(({ parts }) => `  ${plainText(parts)}`);
  return [
    titleLine(index.report, index.scenario, terminal),
    '',
    ...(index.draft ? [`  ${text('cli.profile.stopped')}`] : []),
    ...sentences,
    ...section(text('cli.section.layers'), layerLines(index, terminal)),
    ...section(text('cli.section.hotspots'), hotspotLines(index, terminal)),
    ...section(text('cli.section.latency'), latencyLines(index, terminal)),
    ...section(text('cli.section.memory'), factLines(memoryFacts(index, text) ?? [])),
    ...warningLines(index.report, index.scenario, terminal),
    ...section(text('cli.section.repeat'), [index.scenario.run.command]),
  ];
}

function latencyLines(index: ScenarioIndex, { text }: Terminal): string[] {
  const latency = latencyView(index);
  if (!latency) return [];
  const unit = durationUnit(latency.medianNs);
  const [low, high] = latency.confidenceNs.map((ns) => inUnit(ns, unit, 2));
  const interval =
    latency.errorNs === null
      ? text('cli.latency.noInterval', { runs: integer(latency.runs) })
      : text('cli.latency.interval', {
          low: low ?? '',
          high: high ?? '',
          unit: unit.label,
          runs: integer(latency.runs),
          rounds: integer(latency.rounds),
        });
  const rows = [
    [text('cli.latency.median'), `${durationWithError(latency.medianNs, latency.errorNs)}  ${interval}`],
    ...latency.percentiles.map((percentile) => [percentile.name, percentileText(percentile, text)]),
    ...latencyFacts(index, text).map(({ label, value }) => [label, value]),
  ];
  return table([{ align: 'left' }, { align: 'left' }], rows);
}

const percentileText = ({ valueNs, missingRuns }: Percentile, text: Terminal['text']): string =>
  valueNs === null
    ? text.plural('cli.latency.missing', missingRuns, { number: integer(missingRuns) })
    : duration(valueNs);

/** Latency against dimensions, where there are several scenarios. */
function curveLines(indexes: readonly ScenarioIndex[], { text }: Terminal): string[] {
  if (indexes.length < 2) return [];
  const smallest = Math.min(...indexes.map(({ scenario }) => scenario.latency?.medianNs ?? Infinity));
  const rows = indexes.map((index) => {
    const view = latencyView(index);
    const ratio = view && Number.isFinite(smallest) ? decimal(view.medianNs / smallest, 2) : '–';
    const spread = view?.errorNs ? percent(view.errorNs / view.medianNs, 1) : '–';
    return [index.scenario.label, view ? duration(view.medianNs) : '–', spread, ratio];
  });
  const columns = [
    { heading: text('page.scenario'), align: 'left', maximum: 80 },
    { heading: text('cli.latency.median'), align: 'right' },
    { heading: '±', align: 'right' },
    { heading: text('cli.column.ratio'), align: 'right' },
  ] as const;
  return section(text('cli.section.scenarios'), table(columns, rows));
}
