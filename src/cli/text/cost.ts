import { meanOf, supportedPercentile, SAMPLES_FOR_P95 } from '../../core/analysis/statistics.js';
import { commandHere, commandThere, measurementFile } from '../../core/cost/measureThere.js';
import { bytes, duration, integer, percent } from '../../format/units.js';
import { answerOption, answerSentence, apartSentence, autoscaledSentence } from '../../format/views/costAnswer.js';
import { batchingSentence } from '../../format/views/costBatching.js';
import { requestSentences, staleSentences } from '../../format/views/costRequest.js';
import { type CostRow, costRows, unpricedText } from '../../format/views/costRows.js';
import { largestSavings, planEffects, savingName } from '../../format/views/costSavings.js';
import { rateText, usd } from '../../format/views/money.js';
import { plainName } from '../../format/views/names.js';
import { plainText } from '../../format/views/richText.js';
import type { CostSection } from '../../protocol/cost.js';
import type { LoadStep, LoadTest, StayTimes } from '../../protocol/loadTest.js';
import type { Report } from '../../protocol/report.js';
import type { PipelineSettings } from '../../protocol/settings.js';
import type { Terminal } from '../terminal.js';
import { titleLine, warningLines } from './common.js';
import { edgeLines, energyLines, trainingLines } from './costMore.js';
import { section, table } from './table.js';

type TextOf = Terminal['text'];

const MACHINES_SHOWN = 30;
const PLANS_SHOWN = 12;
const UNKNOWN = '–';

/** The answer first, then what it rests on: capacity, machines, savings, the load test. */
export function costLines(report: Report, pipeline: PipelineSettings | null, terminal: Terminal): string[] {
  const { text } = terminal;
  const { cost } = report;
  const [scenario = null] = report.scenarios;
  if (!cost) return [titleLine(report, scenario, terminal)];
  return [
    titleLine(report, scenario, terminal),
    '',
    ...answerLines(report, cost, text).map((line) => `  ${line}`),
    '',
    ...scopeLines(cost, pipeline, text).map((line) => `  ${line}`),
    ...section(text('cli.section.capacity'), capacityLines(report, text)),
    ...section(text('cli.section.machines'), machineLines(report, cost, text)),
    ...section(text('cli.section.savings'), savingLines(cost, text)),
    ...section(text('cli.section.energy'), energyLines(cost, text)),
    ...section(text('cli.section.edge'), edgeLines(cost, text)),
    ...section(text('cli.section.training'), trainingLines(cost, text)),
    ...section(
      text('cli.section.loadTest'),
      (report.loadTests ?? []).flatMap((test) => loadTestLines(test, text)),
    ),
    ...warningLines(report, scenario, terminal),
  ];
}

function answerLines(report: Report, cost: CostSection, text: TextOf): string[] {
  const [scenario] = report.scenarios;
  const isMeasured = cost.options.some(({ basis }) => basis !== 'none');
  if (scenario && !isMeasured && report.capacity.length === 0 && scenario.latency === null)
    return [text('cli.cost.measureFirst', { command: commandHere(report, scenario) })];
  const { rate, thisMachine } = cost.assumptions;
  const beside = [autoscaledSentence(cost, text), batchingSentence(cost, text), apartSentence(cost, text)];
  const hints = [
    ...(rate === null ? [text('cli.cost.sayRate')] : []),
    ...(thisMachine === null ? [text('cli.cost.sayMachine')] : []),
  ];
  return [
    plainText(answerSentence(cost, text)),
    ...beside.filter((line) => line !== null),
    ...(hints.length > 0 ? [hints.join(' ')] : []),
  ];
}

/** What one request is, and what the figures leave out. */
function scopeLines(cost: CostSection, pipeline: PipelineSettings | null, text: TextOf): string[] {
  const caveats = (cost.caveats ?? []).map((caveat) => text.message(caveat));
  if (!pipeline) return caveats;
  return [...requestSentences(pipeline, text), ...staleSentences(cost.steps, new Date(), text), ...caveats];
}

function capacityLines(report: Report, text: TextOf): string[] {
  const { capacity, scenarios } = report;
  if (capacity.length === 0) return [];
  const several = new Set(capacity.map(({ scenarioId }) => scenarioId)).size > 1;
  const labels = new Map(scenarios.map(({ id, label }) => [id, plainName(label)]));
  const rows = capacity.map((one) => [
    ...(several ? [labels.get(one.scenarioId) ?? one.scenarioId] : []),
    integer(one.sessions),
    integer(one.threads),
    integer(one.batch),
    duration(meanOf(one.serviceSamplesNs)),
    duration(supportedPercentile(one.serviceSamplesNs, 0.95, SAMPLES_FOR_P95)),
    rateText(one.itemsPerSecond),
    bytes(one.peakResidentBytes),
  ]);
  const columns = [
    ...(several ? [{ heading: text('cli.column.scenario'), align: 'left' as const, maximum: 40 }] : []),
    ...(['sessions', 'threads', 'batch', 'call', 'p95', 'items', 'memory'] as const).map((name) => ({
      heading: text(`cli.column.${name}`),
      align: 'right' as const,
    })),
  ];
  const notes = (report.capacityNotes ?? []).map((note) => {
    const label = note.scenarioId === undefined ? undefined : labels.get(note.scenarioId);
    const params = { scenario: label ?? '', sentence: text.message(note) };
    return label === undefined || !several ? params.sentence : text('cli.cost.ofScenario', params);
  });
  return [...table(columns, rows), ...(notes.length > 0 ? ['', ...notes] : [])];
}

function machineLines(report: Report, cost: CostSection, text: TextOf): string[] {
  const rows = costRows(cost, text);
  if (rows.length === 0) return [];
  const { percentile, rate } = cost.assumptions;
  const planned = rate !== null;
  const columns = [
    { heading: text('page.cost.head.machine'), align: 'left' as const, maximum: 32 },
    { heading: text('page.cost.head.hour'), align: 'right' as const },
    { heading: text('page.cost.head.carries'), align: 'right' as const },
    ...(planned
      ? [
          { heading: text('page.cost.head.count'), align: 'right' as const },
          { heading: text('page.cost.head.percentile', { percentile }), align: 'right' as const },
          { heading: text('page.cost.head.month'), align: 'right' as const },
          { heading: text('page.cost.head.million'), align: 'right' as const },
        ]
      : []),
    { heading: text('page.cost.head.basis'), align: 'left' as const },
  ];
  const cells = rows
    .slice(0, MACHINES_SHOWN)
    .map((row) => [
      row.detail === '' ? row.name : `${row.name} ${row.detail}`,
      row.hour,
      row.carries,
      ...(planned ? [row.count, row.percentile, row.month, row.million] : []),
      basisCell(row, planned, text),
    ]);
  const tokens = cost.options.flatMap(({ instance, usdPerMillionTokens }) =>
    usdPerMillionTokens
      ? [
          text('cli.cost.tokens', {
            machine: instance,
            prefill: usd(usdPerMillionTokens.prefill),
            decode: usd(usdPerMillionTokens.decode),
          }),
        ]
      : [],
  );
  const told = cost.options.flatMap(({ instance, notes = [] }) =>
    notes
      .filter(({ code }) => code === 'cost.note.onItsCpu' || code === 'cost.note.ranWith')
      .map((note) => `${plainName(instance)}: ${text.message(note)}`),
  );
  const simulated = cost.options.some(({ estimate }) => estimate === 'simulation');
  const basis = planned ? [text(simulated ? 'cli.cost.basis' : 'cli.cost.basisFormula')] : [];
  const list = cost.assumptions.purchase === 'spot' ? 'cli.cost.spotPricesOf' : 'cli.cost.pricesOf';
  const dated = cost.pricesAsOf ? [text(list, { date: cost.pricesAsOf })] : [];
  return [
    ...table(columns, cells),
    '',
    ...told,
    ...tokens,
    ...basis,
    ...dated,
    ...measureThereLines(report, cost, text),
  ];
}

/** With the reason where figures are missing; that nothing is planned needs none. */
function basisCell({ basis, reason, option }: CostRow, planned: boolean, text: TextOf): string {
  const isUnpriced = option.usdPerHour === null && option.unmetReason === null;
  if (isUnpriced) return `${basis}: ${unpricedText(option, text)}`;
  // The basis says it already.
  const isSaid = option.unmetReason?.code === 'cost.unmet.notMeasured';
  return reason === '' || !planned || isSaid ? basis : `${basis}: ${reason}`;
}

/** How the first of those that cannot be told apart is measured, else the first of which nothing is known. */
function measureThereLines(
  { model, scenarios }: Report,
  { indistinct = [], options }: CostSection,
  text: TextOf,
): string[] {
  const unknown = options.find(
    ({ basis, instance, unmetReason }) =>
      basis === 'none' && instance !== '' && unmetReason?.code !== 'cost.unmet.memory',
  );
  const instance = indistinct[0] ?? unknown?.instance;
  const [scenario] = scenarios;
  if (instance === undefined || !scenario) return [];
  const name = plainName(instance);
  const file = measurementFile(instance);
  return [
    '',
    text('cli.cost.measureThere', { instance: name, file }),
    `  ${commandThere({ model }, scenario, instance)}`,
    text('cli.cost.measureThereScript', { instance: name }),
  ];
}

/** Savings are by formula: beside a count by simulation that differs they are told without one. */
function savingLines(cost: CostSection, text: TextOf): string[] {
  if (cost.assumptions.rate === null) return [];
  const counted = answerOption(cost)?.replicas ?? null;
  const modules = largestSavings(cost).flatMap((saving) => {
    const { share = 0, replicas, savesReplicas, nextSavingAtRate } = saving;
    if (replicas === undefined) return [];
    const params = { module: savingName(saving, cost, text), replicas, share: percent(share) };
    if (savesReplicas > 0)
      return replicas === counted
        ? [text('cli.cost.saves', { ...params, fewer: replicas - savesReplicas })]
        : [text('cli.cost.savesAbout', { ...params, saved: savesReplicas })];
    if (nextSavingAtRate === null || replicas !== counted) return [];
    return [text.plural('cli.cost.stays', replicas, { ...params, rate: rateText(nextSavingAtRate) })];
  });
  return [...modules, ...planLines(cost, text)];
}

const planLines = (cost: CostSection, text: TextOf): string[] =>
  planEffects(cost, text, PLANS_SHOWN).map(({ method, speedup, effect }) =>
    text('cli.cost.plan', { method, speedup, effect: effect.replace(/^./, (first) => first.toLowerCase()) }),
  );

function loadTestLines(test: LoadTest, text: TextOf): string[] {
  const { sessions, threads, seed, batch } = test;
  const columns = (['rate', 'sent', 'answered', 'p50', 'p95', 'p99', 'holds'] as const).map((name) => ({
    heading: text(`cli.column.${name}`),
    align: name === 'holds' ? ('left' as const) : ('right' as const),
  }));
  const rows = test.steps.flatMap((step) => [stepRow(step, text), ...simulatedRows(step, text)]);
  return [
    text('cli.cost.loadTestOf', { sessions, threads, seed }),
    ...(batch > 1 ? [text('cli.cost.loadTestBatch', { batch })] : []),
    ...table(columns, rows),
    '',
    ...highestLines(test, text),
    ...test.notes.map((note) => text.message(note)),
  ];
}

const times = ({ p50Ns, p95Ns, p99Ns }: StayTimes): string[] =>
  [p50Ns, p95Ns, p99Ns].map((ns) => (ns === null ? UNKNOWN : duration(ns)));

const stepRow = (step: LoadStep, text: TextOf): string[] => [
  rateText(step.ratePerSecond),
  integer(step.sent),
  integer(step.answered),
  ...times(step.stay),
  step.holds === null ? UNKNOWN : text(step.holds ? 'cli.cost.yes' : 'cli.cost.no'),
];

/** By how much calls may differ before the queue is shown with calls of that length too. */
const SAME_CALLS = 0.02;

function simulatedRows({ simulated, simulatedAtCallTimes, callTimeRatio }: LoadStep, text: TextOf): string[][] {
  const row = (label: 'cli.cost.simulated' | 'cli.cost.simulatedAtCallTimes', stays: StayTimes): string[] => [
    '',
    '',
    text(label),
    ...times(stays),
  ];
  const changed = Math.abs((callTimeRatio ?? 1) - 1) > SAME_CALLS;
  return [
    ...(simulated ? [row('cli.cost.simulated', simulated)] : []),
    ...(simulatedAtCallTimes && changed ? [row('cli.cost.simulatedAtCallTimes', simulatedAtCallTimes)] : []),
  ];
}

function highestLines({ targetMs, percentile, highestRate, lowestFailingRate }: LoadTest, text: TextOf): string[] {
  if (targetMs === null) return [];
  const params = { target: targetMs, percentile, rate: rateText(highestRate), failing: rateText(lowestFailingRate) };
  if (highestRate !== null)
    return [text(lowestFailingRate === null ? 'cli.cost.highestOpen' : 'cli.cost.highest', params)];
  return lowestFailingRate === null ? [] : [text('cli.cost.noneHolds', params)];
}
