/** How one machine serves: as measured here, as measured elsewhere, or projected. */

import type { Range } from '../../../protocol/cost.js';
import type { CapacitySample, Report, Roofline, Scenario } from '../../../protocol/report.js';
import type { Message } from '../../../protocol/text.js';
import { ceilingsOf } from '../machines/ceilings.js';
import { cpusOf } from '../machines/cpus.js';
import type { MachinePrice } from '../prices/table.js';
import { projectRun, type SourceCeilings } from '../projection/projection.js';
import { scaledService, serviceDistribution, serviceModels } from '../service.js';
import type { ServiceDistribution, ServiceModel } from '../types.js';

/** Kept for the system and whatever else runs beside the model. */
const SYSTEM_BYTES = 512 * 2 ** 20;
/** Enough for a percentile of a projection, whose range is wider than what more would tell. */
const PROJECTED_SAMPLES = 48;
/** Of what neither roof bounds, where the measuring machine's clock is not known against the other's. */
const CLOCK_FACTOR: Range = [0.65, 1.6];

const MOST_ITEMS = 65_536;

type Measured = Pick<Report, 'capacity'>;

/**
 * Items of one call of the scenario: what rates and prices count, wherever they were measured. Of a report that does
 * not say, those of its smallest measured call.
 */
export function itemsOfCall({ capacity }: Measured, { id, itemsPerCall = 0 }: Scenario): number {
  if (Number.isInteger(itemsPerCall) && itemsPerCall >= 1 && itemsPerCall <= MOST_ITEMS) return itemsPerCall;
  const batches = capacity.filter(({ scenarioId }) => scenarioId === id).map(({ batch }) => batch);
  return batches.length === 0 ? 1 : Math.min(...batches);
}

/** The measured ways to serve on this machine; from the latency alone where capacity was not measured. */
export function servicesHere(report: Measured, scenario: Scenario): ServiceModel[] {
  const measured = serviceModels(report.capacity, scenario.id);
  if (measured.length > 0) return measured;
  const alone = serviceAlone(report, scenario);
  return alone ? [alone] : [];
}

/** One call alone, which the kernels describe: what a projection scales. null before anything was measured. */
export function serviceAlone(report: Measured, scenario: Scenario): ServiceModel | null {
  const serviceSamplesNs =
    scenario.latency?.rounds.filter((round) => round.kept).flatMap((round) => round.samplesNs) ?? [];
  if (serviceSamplesNs.length === 0) return null;
  const threads = Math.max(1, scenario.run.threads);
  const batch = itemsOfCall(report, scenario);
  const call = serviceDistribution({ batch, threads, sessions: 1, serviceSamplesNs });
  return { threads, sessions: 1, byBatch: [call], pace: [1] };
}

/** Memory of one session, as measured; else what weights and activations need at least. null: not known. */
export function sessionBytes(capacity: readonly CapacitySample[], scenario: Scenario): number | null {
  const alone = capacity
    .filter(
      ({ scenarioId, sessions, peakResidentBytes }) =>
        scenarioId === scenario.id && sessions === 1 && peakResidentBytes !== null,
    )
    .map(({ peakResidentBytes }) => peakResidentBytes ?? 0);
  if (alone.length > 0) return Math.max(...alone);
  if (scenario.memory?.peakResidentBytes != null) return scenario.memory.peakResidentBytes;
  const { weightBytes, peakActivationBytes } = scenario.totals;
  return peakActivationBytes === null || weightBytes === null ? null : weightBytes + peakActivationBytes;
}

export interface ProjectedServices {
  /** If all goes as well, or as badly, as the range allows. */
  fast: ServiceModel[];
  slow: ServiceModel[];
  notes: Message[];
}

export interface ProjectionSource {
  report: Pick<Report, 'roofline'>;
  scenario: Scenario;
  /** What a machine's service is scaled from: one call, or one request of a pipeline, alone. */
  base: ServiceModel;
  sessionBytes: number | null;
}

/** The machine's services as a range, or why nothing can be said. */
export function projectServices(machine: MachinePrice, source: ProjectionSource): ProjectedServices | Message {
  const { report, scenario, base } = source;
  if (machine.accelerator) return { code: 'cost.unmet.accelerator', params: {} };
  if (!report.roofline || scenario.kernels.length === 0) return { code: 'cost.unmet.noRoofline', params: {} };
  if (!/^cpu/i.test(scenario.run.provider)) return { code: 'cost.unmet.otherProvider', params: {} };
  const cpus = cpusOf(machine.provider, machine.instance);
  const ceilings = ceilingsOf(cpus, machine.vcpus);
  if (!ceilings) return { code: 'cost.unmet.unknownMachine', params: {} };
  const here = ceilingsHere(report.roofline, Math.max(1, scenario.run.threads));
  const cores = Math.max(1, Math.floor(ceilings.cores));
  const most = sessionsThatFit(machine, source.sessionBytes);
  const models = threadCounts(here.threads, cores).flatMap((threads) => {
    const sessions = Math.max(1, Math.min(most, Math.floor(cores / threads)));
    // Of a machine with half a core, half a core.
    const part = Math.min(1, (threads * sessions) / ceilings.cores) / sessions;
    const share = (range: Range): Range => [range[0] * part, range[1] * part];
    const target = {
      flopPerSecond: share(ceilings.flopPerSecond),
      // Sessions that are busy at once share the memory.
      bytesPerSecond: [ceilings.bytesPerSecond[0] / sessions, ceilings.bytesPerSecond[1] / sessions] as Range,
      threads,
      clockFactor: CLOCK_FACTOR,
    };
    const time = projectRun({ scenario, source: here, target });
    const nowNs = scenario.latency?.medianNs;
    if (!time || nowNs === undefined || !(time.lowNs > 0)) return [];
    const at = (factor: number): ServiceModel => ({
      ...thinned(scaledService(base, factor)),
      threads,
      sessions,
      pace: flat(sessions),
    });
    return [{ fast: at(time.lowNs / nowNs), slow: at(time.highNs / nowNs) }];
  });
  if (models.length === 0) return { code: 'cost.unmet.noRoofline', params: {} };
  return { fast: models.map(({ fast }) => fast), slow: models.map(({ slow }) => slow), notes: notesOf(cpus) };
}

/** As measured; arithmetic in proportion where the run had another number of threads, memory as it is. */
const ceilingsHere = (roofline: Roofline, threads: number): SourceCeilings => ({
  flopPerSecond: (roofline.peakFlopPerSecond * threads) / Math.max(1, roofline.threads),
  bytesPerSecond: roofline.memoryBytesPerSecond,
  threads,
});

const flat = (sessions: number): number[] => Array.from({ length: sessions }, () => 1);

/** As it was measured, and all cores for one session. */
const threadCounts = (measured: number, cores: number): number[] => [...new Set([Math.min(measured, cores), cores])];

function notesOf(cpus: ReturnType<typeof cpusOf>): Message[] {
  const notes: Message[] = [{ code: 'cost.note.projected', params: { cpu: cpus.map(({ name }) => name).join(' / ') } }];
  if (cpus.some(({ burstable }) => burstable === true)) notes.push({ code: 'cost.note.burstable', params: {} });
  return notes;
}

/** 0: not even one. */
export function sessionsThatFit({ memoryBytes }: Pick<MachinePrice, 'memoryBytes'>, bytes: number | null): number {
  if (memoryBytes === null || bytes === null || bytes <= 0) return Infinity;
  return Math.max(0, Math.floor((memoryBytes - SYSTEM_BYTES) / bytes));
}

function thinned(model: ServiceModel): ServiceModel {
  return { ...model, byBatch: model.byBatch.map(thinnedCall) };
}

/** Fewer samples at even distances; the mean and the variation stay those of all. */
export function thinnedCall(call: ServiceDistribution): ServiceDistribution {
  const { samplesNs } = call;
  if (samplesNs.length <= PROJECTED_SAMPLES) return call;
  const at = (index: number): number =>
    samplesNs[Math.floor(((index + 0.5) / PROJECTED_SAMPLES) * samplesNs.length)] as number;
  return { ...call, samplesNs: Array.from({ length: PROJECTED_SAMPLES }, (_, index) => at(index)) };
}
