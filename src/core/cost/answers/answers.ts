/**
 * From what was measured and what is assumed to machines and dollars. Pure and quick: the panel asks again at every
 * change of an assumption.
 */

import type { CostAssumptions, CostOption, CostSection, CostStep, EdgeDevice, Range } from '../../../protocol/cost.js';
import type { Report, Scenario } from '../../../protocol/report.js';
import type { TrainingSettings } from '../../../protocol/settings.js';
import type { Message } from '../../../protocol/text.js';
import type { MachinePrice, PriceTable } from '../prices/table.js';
import type { ServiceModel } from '../types.js';
import { checked, HOURS_PER_MONTH } from './assumptions.js';
import { type Batching, batchingNote, unbatched, unbatchedHere, waysToServe } from './batching.js';
import { batchingEffect } from './batchingEffect.js';
import { beside } from './beside.js';
import { candidates } from './candidates.js';
import { curvesOf } from './curves.js';
import { KNOWN_DEVICES } from './edge.js';
import type { MeasuredPower } from './energy.js';
import type { Measurement } from './measurements.js';
import { type Identity, identity, type Knowledge, option, type Traffic, unlisted } from './option.js';
import { byCertaintyAndCost, cheapestOf, indistinctOf } from './ranking.js';
import { planSavings, savingsOf } from './savings.js';
import { isServed, serve } from './serving.js';
import { itemsOfCall, projectServices, serviceAlone, servicesHere, sessionBytes, sessionsThatFit } from './services.js';
import { usdPerMillionTokens } from './tokens.js';
import { trainingShare } from './training.js';

export interface AnswerRequest {
  report: Report;
  /** null or absent: the first. */
  scenarioId?: string | null;
  assumptions: CostAssumptions;
  prices: PriceTable;
  /** ISO moment: prices are old or not by it. */
  today: string;
  /** Of other machines. */
  measurements?: readonly Measurement[];
  /** Weighed whatever the filter says. */
  alsoInstances?: readonly string[];
  /** How this machine serves one request of a pipeline, in place of one call of the model. */
  services?: readonly ServiceModel[];
  /** What that request calls. */
  steps?: readonly CostStep[];
  edge?: readonly EdgeDevice[];
  training?: TrainingSettings | null;
}

/** null in a report without any. */
export const scenarioOf = ({ scenarios }: Report, id: string | null | undefined): Scenario | null =>
  scenarios.find((each) => each.id === id) ?? scenarios[0] ?? null;

/** One row and what it rests on. */
interface Row {
  option: CostOption;
  knowledge: Knowledge;
}

export function answers(request: AnswerRequest): CostSection {
  const assumptions = checked(request.assumptions);
  const { report } = request;
  const scenario = scenarioOf(report, request.scenarioId);
  const empty: CostSection = { assumptions, options: [], edge: [], energy: null, perModule: [], caveats: [] };
  if (!scenario) return empty;
  const here = waysToServe(measuredWays(request, scenario), assumptions);
  const traffic: Traffic = { ...assumptions };
  const rows = rowsOf(request, assumptions, scenario, traffic);
  const options = rows.map(({ option: row }) => row);
  const cheapest = cheapestOf(options);
  const best = rows.find(({ option: row }) => row === cheapest) ?? null;
  const apart = indistinctOf(options, cheapest);
  const indistinct = rows.filter(({ option: row }) => apart.includes(row));
  const unit = unitOf(request, here);
  const own = request.services ? ownSteps(request) : null;
  const savings = { scenario, services: here, traffic, usdPerHour: priceOfThis(rows, assumptions), own };
  return {
    ...empty,
    ...beside({
      ...{ assumptions, options, unit, devices: devicesOf(request), power: powerOf(request) },
      monthAt: (row, rate) => monthAt(rows.find(({ option: each }) => each === row) ?? null, traffic, rate),
    }),
    options,
    perModule: savingsOf(savings),
    perPlan: planSavings(savings, report.quantization),
    batching: effectOf(request, scenario, best ?? rows.find(isMeasured) ?? null, traffic),
    indistinct: indistinct.map(({ option: { instance } }) => instance),
    cheapest: cheapest?.instance ?? null,
    unit,
    ...(request.services && request.steps ? { steps: request.steps.map(stepOf) } : {}),
    curves: curvesOf(ordered(best, indistinct, rows), traffic),
    training: trainingShare(request.training ?? null, macsOfItem(report, scenario), assumptions.rate),
    pricesAsOf: oldestPrice(rows),
  };
}

const isMeasured = ({ knowledge }: Row): boolean => knowledge.basis === 'measured';

/** How this machine serves, with every batch that was measured. */
const measuredWays = ({ report, services }: AnswerRequest, scenario: Scenario): readonly ServiceModel[] =>
  services ?? servicesHere(report, scenario);

/** The measured ways of a row, with every batch: of another machine where it was measured there. */
export function waysOfRow(request: AnswerRequest, instance: string): readonly ServiceModel[] {
  const there = request.measurements?.find((one) => sameName(one.instance, instance));
  const scenario = scenarioOf(request.report, request.scenarioId);
  return there?.services ?? (scenario ? measuredWays(request, scenario) : []);
}

function effectOf(request: AnswerRequest, scenario: Scenario, row: Row | null, traffic: Traffic) {
  if (!row || row.knowledge.basis !== 'measured') return null;
  const { instance, usdPerHour } = row.option;
  return batchingEffect({ instance, services: waysOfRow(request, instance), usdPerHour }, traffic);
}

const stepOf = ({ model, callsPerRequest, measuredAt, stale, own = false }: CostStep): CostStep => ({
  ...{ model, callsPerRequest, measuredAt, stale, own },
});

/** Positions of the report's model among the steps of a request. */
const ownSteps = ({ steps = [] }: AnswerRequest): number[] =>
  steps.flatMap(({ own }, step) => (own === true ? [step] : []));

function macsOfItem(report: Report, scenario: Scenario): number | null {
  const { macs } = scenario.totals;
  return macs === null ? null : macs / itemsOfCall(report, scenario);
}

function unitOf({ services }: AnswerRequest, here: readonly ServiceModel[]): CostSection['unit'] {
  if (services) return 'request';
  return (here[0]?.byBatch[0]?.batch ?? 1) > 1 ? 'item' : 'call';
}

function rowsOf(request: AnswerRequest, assumptions: CostAssumptions, scenario: Scenario, traffic: Traffic): Row[] {
  const { measurements = [], alsoInstances = [], prices, today } = request;
  const measuredNames = measurements.map(({ instance }) => instance);
  const machines = candidates(prices, assumptions, [
    ...(assumptions.thisMachine === null ? [] : [assumptions.thisMachine]),
    ...measuredNames,
    ...alsoInstances,
  ]);
  const known = knowledgeBase(request, assumptions, scenario);
  const { purchase } = assumptions;
  const rows = machines.map((machine) => rowOf(identity(machine, purchase, today), known(machine), traffic));
  // What somebody measured is shown, whether or not the list has its price.
  for (const there of measurements)
    if (!machines.some(({ instance }) => sameName(instance, there.instance)))
      rows.push(
        rowOf(unlisted(there.instance, purchase), measuredThere(there, assumptions, [providerNote(there)]), traffic),
      );
  const isListed = machines.some(({ instance }) => sameName(instance, assumptions.thisMachine));
  const here = isListed ? null : measuredHere(request, scenario, assumptions);
  if (here) rows.unshift(rowOf(unlisted('', purchase), here, traffic));
  const withTokens = rows.map((row) => tokensOf(row, request, assumptions));
  return withTokens.sort((a, b) => byCertaintyAndCost(a.option, b.option));
}

const sameName = (one: string, other: string | null): boolean => one.toLowerCase() === other?.toLowerCase();

const rowOf = (who: Identity, knowledge: Knowledge, traffic: Traffic): Row => ({
  option: option(who, knowledge, traffic),
  knowledge,
});

/** null where nothing was measured. */
function measuredHere(request: AnswerRequest, scenario: Scenario, batching: Batching): Knowledge | null {
  const { report } = request;
  const services = measuredWays(request, scenario);
  if (services.length === 0) return null;
  const capacity = report.capacity.filter(({ scenarioId }) => scenarioId === scenario.id);
  const why = unbatchedHere({ ...report, capacity }, request.services !== undefined, services);
  const notes = [
    ...(capacity.length > 0 ? [] : [{ code: 'cost.note.latencyOnly', params: {} }]),
    ...noted(batchingNote(services, batching, why)),
  ];
  return { basis: 'measured', services: waysToServe(services, batching), measuredAt: report.createdAt, notes };
}

const measuredThere = (there: Measurement, batching: Batching, notes: Message[]): Knowledge => ({
  basis: 'measured',
  services: waysToServe(there.services, batching),
  measuredAt: there.measuredAt,
  notes: [...notes, ...noted(batchingNote(there.services, batching, unbatched(there.services)))],
});

const noted = (note: Message | null): Message[] => (note ? [note] : []);

/** What is known of each machine: its own measurement first, then whether the model fits, then a projection. */
function knowledgeBase(
  request: AnswerRequest,
  assumptions: CostAssumptions,
  scenario: Scenario,
): (machine: MachinePrice) => Knowledge {
  const { report, measurements = [] } = request;
  const { thisMachine } = assumptions;
  const here = measuredHere(request, scenario, assumptions);
  const base = request.services ? fewestSessions(request.services) : serviceAlone(report, scenario);
  const bytes = sessionBytes(report.capacity, scenario);
  return (machine) => {
    const there = measurements.find(({ instance }) => sameName(instance, machine.instance));
    if (there) return measuredThere(there, assumptions, ranWith(machine, there));
    if (sameName(machine.instance, thisMachine) && here) return here;
    if (sessionsThatFit(machine, bytes) < 1)
      return {
        basis: 'none',
        reason: { code: 'cost.unmet.memory', params: gibOf(bytes ?? 0, machine.memoryBytes ?? 0) },
      };
    const projection = base && projectServices(machine, { report, scenario, base, sessionBytes: bytes });
    if (!projection) return { basis: 'none', reason: { code: 'cost.unmet.notMeasured', params: {} } };
    if ('code' in projection) return { basis: 'none', reason: projection };
    const calls = (assumptions.maxBatch ?? 1) > 1 ? [{ code: 'cost.note.projectedCalls', params: {} }] : [];
    return { basis: 'projected', ...projection, notes: [...projection.notes, ...calls] };
  };
}

/** Of a machine with an accelerator: whether that was what ran it. */
function ranWith({ accelerator }: MachinePrice, { runtimeProvider }: Measurement): Message[] {
  if (!accelerator) return [];
  if (/^cpu/i.test(runtimeProvider)) return [{ code: 'cost.note.onItsCpu', params: { accelerator: accelerator.name } }];
  return [providerNote({ runtimeProvider })];
}

const providerNote = ({ runtimeProvider: provider }: Pick<Measurement, 'runtimeProvider'>): Message => ({
  code: 'cost.note.ranWith',
  params: { provider },
});

const fewestSessions = (services: readonly ServiceModel[]): ServiceModel | null =>
  services.reduce<ServiceModel | null>((best, one) => (best && best.sessions <= one.sessions ? best : one), null);

/** As many digits as tell them apart. */
function gibOf(needed: number, has: number): { needed: string; has: string } {
  const text = (bytes: number, digits: number): string => (bytes / 2 ** 30).toFixed(digits);
  const digits = [1, 2, 3].find((each) => text(needed, each) !== text(has, each)) ?? 1;
  return { needed: text(needed, digits), has: text(has, digits) };
}

function tokensOf(row: Row, { report }: AnswerRequest, { rate, headroomPercent, thisMachine }: CostAssumptions): Row {
  // Of no other machine were both phases measured.
  if (rate === null || !sameName(row.option.instance, thisMachine)) return row;
  const usdPerMillionOf = usdPerMillionTokens(report, row.option.usdPerHour, headroomPercent);
  return usdPerMillionOf ? { ...row, option: { ...row.option, usdPerMillionTokens: usdPerMillionOf } } : row;
}

const ordered = (best: Row | null, indistinct: readonly Row[], rows: readonly Row[]): Row[] => [
  ...new Set([...(best ? [best] : []), ...indistinct, ...rows]),
];

/** A month of the same machine at another rate; null where it is not measured, or cannot serve it. */
function monthAt(row: Row | null, traffic: Traffic, rate: number): Range | null {
  const usdPerHour = row?.option.usdPerHour ?? null;
  if (usdPerHour === null || row?.knowledge.basis !== 'measured') return null;
  const { knowledge } = row;
  const answer = serve(knowledge.services, traffic, rate);
  if (!isServed(answer)) return null;
  const usd = answer.replicas * usdPerHour * HOURS_PER_MONTH;
  return [usd, usd];
}

/** Savings are those of this machine, or of one like it. */
const priceOfThis = (rows: readonly Row[], { thisMachine }: CostAssumptions): number | null =>
  rows.find(({ option: { instance } }) => sameName(instance, thisMachine))?.option.usdPerHour ?? null;

/** Calls of this model alone were read: the other models of a request may take more or less. */
export function powerOf({ report, scenarioId, services }: AnswerRequest): MeasuredPower | null {
  const scenario = scenarioOf(report, scenarioId);
  if (!scenario?.power || !scenario.latency || services) return null;
  return { watts: scenario.power.watts, itemNs: scenario.latency.medianNs / itemsOfCall(report, scenario) };
}

/** Those that the user named, else those whose price is known. */
export const devicesOf = ({ edge }: AnswerRequest): readonly EdgeDevice[] =>
  edge && edge.length > 0 ? edge : KNOWN_DEVICES;

/** null where one of the prices bears no day: of them all none can be told. */
function oldestPrice(rows: readonly Row[]): string | null {
  const days = rows.flatMap(({ option }) => (option.usdPerHour === null ? [] : [option.priceAsOf]));
  const dated = days.filter((day) => day !== null).sort();
  return dated.length < days.length ? null : (dated[0] ?? null);
}
