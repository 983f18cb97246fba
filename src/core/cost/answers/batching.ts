/** Requests that are put together in one call: as far as such calls were measured. */

import type { CostAssumptions } from '../../../protocol/cost.js';
import type { CapacitySample } from '../../../protocol/report.js';
import type { Message } from '../../../protocol/text.js';
import { NO_BATCHING } from '../queueing.js';
import { callMeanNs, distributionFor, withMean } from '../service.js';
import type { QueueingPolicy, ServiceModel } from '../types.js';

export type Batching = Pick<CostAssumptions, 'maxBatch' | 'queueDelayMs'>;

const leastOf = ({ byBatch }: ServiceModel): number => byBatch[0]?.batch ?? 1;
const mostOf = ({ byBatch }: ServiceModel): number => byBatch.at(-1)?.batch ?? 1;

/** No batch is larger than what was measured. */
export function policyOf({ maxBatch = 1, queueDelayMs = 0 }: Batching, service: ServiceModel): QueueingPolicy {
  const most = Math.min(maxBatch, mostOf(service));
  return most > leastOf(service) ? { maxBatch: most, queueDelayNs: queueDelayMs * 1e6 } : NO_BATCHING;
}

/**
 * The ways to serve as a plan has them: with batches those that were measured with batches, up to the plan's; all of
 * them, call by call, where there are none.
 */
export function waysToServe(services: readonly ServiceModel[], { maxBatch = 1 }: Batching): ServiceModel[] {
  const batched = services.filter((service) => Math.min(maxBatch, mostOf(service)) > leastOf(service));
  return batched.length > 0
    ? batched.map((service) => upTo(service, Math.min(maxBatch, mostOf(service))))
    : services.map((service) => upTo(service, leastOf(service)));
}

/** A largest batch between two that were measured takes what lies on the straight line between them. */
function upTo(service: ServiceModel, maxBatch: number): ServiceModel {
  const byBatch = service.byBatch.filter(({ batch }) => batch <= maxBatch);
  if (byBatch.at(-1)?.batch === maxBatch) return { ...service, byBatch };
  const largest = withMean(distributionFor(service, maxBatch), callMeanNs(service, maxBatch));
  return { ...service, byBatch: [...byBatch, { ...largest, batch: maxBatch }] };
}

/** What a row says of its batches: which were measured, or why there are none. null where none are asked for. */
export function batchingNote(
  services: readonly ServiceModel[],
  { maxBatch = 1, queueDelayMs = 0 }: Batching,
  unbatched: Message,
): Message | null {
  if (maxBatch <= 1) return null;
  const [way] = waysToServe(services, { maxBatch });
  if (!way || way.byBatch.length < 2) return unbatched;
  const measured = services.filter(({ byBatch }) => byBatch.length > 1).flatMap(({ byBatch }) => byBatch);
  const batches = [...new Set(measured.map(({ batch }) => batch))].sort((a, b) => a - b);
  const most = mostOf(way);
  const params = { batch: most, asked: maxBatch, wait: queueDelayMs, measured: batches.join(', ') };
  return { code: most < maxBatch ? 'cost.note.batchesCut' : 'cost.note.batches', params };
}

/** Why calls of several requests are not known, of the machine that a report is of. */
export function unbatchedHere(
  { capacity, capacityNotes = [] }: { capacity: readonly CapacitySample[]; capacityNotes?: readonly Message[] },
  isRequest: boolean,
  services: readonly ServiceModel[],
): Message {
  if (isRequest) return { code: 'cost.note.unbatched.request', params: {} };
  if (capacityNotes.some(({ code }) => code === 'serving.note.noBatch'))
    return { code: 'cost.note.unbatched.dimension', params: {} };
  if (capacity.length === 0) return { code: 'cost.note.unbatched.capacity', params: {} };
  return unbatched(services);
}

export const unbatched = (services: readonly ServiceModel[]): Message => ({
  code: 'cost.note.unbatched.single',
  params: { batch: services[0] ? leastOf(services[0]) : 1 },
});

/** Every batch that was measured, above those of single calls; ascending. */
export const measuredBatches = (services: readonly ServiceModel[]): number[] => [
  ...new Set(services.flatMap(({ byBatch }) => byBatch.slice(1).map(({ batch }) => batch)).sort((a, b) => a - b)),
];
