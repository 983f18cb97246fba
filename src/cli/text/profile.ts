import { duration, durationUnit, durationWithError, inUnit, integer } from '../../format/units.js';
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
import { curveLines, dataLines, providerLines } from './scenarios.js';
import { section, table } from './table.js';

/** A measured report: each scenario in turn, then what holds for all of them. */
export function profileLines(report: Report, terminal: Terminal): string[] {
  const indexes = report.scenarios.map(({ id }) => indexScenario(report, id)).filter((index) => index !== null);
  const [first] = indexes;
  if (!first) return [titleLine(report, null, terminal), ...warningLines(report, null, terminal)];
  return [
    ...indexes.flatMap((index, position) => [...(position === 0 ? [] : ['']), ...scenarioLines(index, terminal)]),
    ...curveLines(report, terminal),
    ...providerLines(report, terminal),
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
    ...dataLines(index.scenario, terminal),
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
