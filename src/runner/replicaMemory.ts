/** Memory of a replica: of a fresh process with as many sessions, less an empty worker. */

import type { CapacitySample, Report } from '../protocol/report.js';
import type { PlanMemory } from './planMemory.js';

export type ReplicaMemory = Omit<PlanMemory, 'folder'>;

/** Threads do not matter: samples with as many sessions and the same batch have one process together. */
const keyOf = ({ scenarioId, sessions, batch }: CapacitySample): string => `${scenarioId} ${sessions} ${batch}`;

export async function withReplicaMemory(report: Report, memory: ReplicaMemory): Promise<Report> {
  const replicas = new Map(report.capacity.map((sample) => [keyOf(sample), sample]));
  const peaks = new Map<string, number>();
  let done = 0;
  for (const [key, sample] of replicas) {
    if (memory.stopped()) break;
    memory.progress(done++, replicas.size);
    try {
      const bytes = await peakOf(report, sample, memory);
      // What drowns in what two processes differ by is not known.
      if (bytes > 0) peaks.set(key, bytes);
    } catch (error) {
      memory.failed(error);
    }
  }
  memory.progress(replicas.size, replicas.size);
  const capacity = report.capacity.map((sample) => ({
    ...sample,
    peakResidentBytes: peaks.get(keyOf(sample)) ?? null,
  }));
  return { ...report, capacity };
}

async function peakOf(
  report: Report,
  { scenarioId, sessions, batch, threads }: CapacitySample,
  { modelPath, options, ask, emptyBytes }: ReplicaMemory,
): Promise<number> {
  const scenario = report.scenarios.find(({ id }) => id === scenarioId);
  const dimensions = (scenario?.dimensions ?? []).map(({ name, value }) => ({ name, value }));
  const bytes = await ask({ modelPath, options: { ...options, threads }, dimensions, replica: { sessions, batch } });
  return bytes - (await emptyBytes());
}
