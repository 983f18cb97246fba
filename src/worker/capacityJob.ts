/** Capacity of this machine for every scenario of a model; partial results on the way. */

import type { CapacityResult } from '../core/cost/capacity.js';
import { sharedFirst } from '../core/cost/capacityNotes.js';
import type { ConcurrentRuntime } from '../core/cost/concurrency.js';
import { shareOfBudget } from '../core/report/scenarioPlan.js';
import type { Runtime } from '../core/runtime/port.js';
import type { CapacityNote, CapacitySample, Report } from '../protocol/report.js';
import type { CapacityRequest } from '../protocol/worker.js';
import {
  capacityOfScenario,
  coresFor,
  readStatics,
  reportAround,
  type ScenarioFeeds,
  scenarioFeeds,
} from './capacityScenario.js';
import type { JobControl } from './jobs.js';

const seconds = (): number => performance.now() / 1000;

/** @throws ExpectedError: the file is wrong, a dimension cannot be bound, the runtime refuses the first scenario. */
export async function measureCapacity(
  runtime: Runtime,
  concurrent: ConcurrentRuntime,
  request: CapacityRequest,
  control: JobControl,
): Promise<Report> {
  const statics = await readStatics(request);
  const planned = statics.scenarios;
  const fed: ScenarioFeeds[] = [];
  const cores = await coresFor(runtime, request.host);
  let capacity: CapacitySample[] = [];
  const notes: CapacityNote[][] = [];
  let spent = 0;
  const draft = reportAround(statics, request, [], 'partial');
  const say = (samples: readonly CapacitySample[]): void => {
    const scenarios = fed.map(({ scenario }) => scenario);
    control.partial({ section: 'report', value: { ...draft, scenarios, capacity: [...capacity, ...samples] } });
  };
  for (const [index, one] of planned.entries()) {
    if (control.stopRequested() && index > 0) break;
    const startedAt = seconds();
    const share = shareOfBudget(request.options.budgetSeconds, spent, planned.length - index);
    const feeds = await scenarioFeeds(statics, one, request);
    fed.push(feeds);
    const place = planned.length > 1 ? { index: index + 1, total: planned.length, label: one.label } : null;
    const result = await measureScenario({ concurrent, request, control, feeds, cores, share, place, say });
    capacity = [...capacity, ...result.samples];
    notes.push(result.notes.map((note) => ({ ...note, scenarioId: one.id })));
    spent += Math.min(share, seconds() - startedAt);
  }
  const status = control.stopRequested() ? 'partial' : 'complete';
  const scenarios = fed.map(({ scenario }) => scenario);
  return { ...draft, status, scenarios, capacity, capacityNotes: sharedFirst(notes) };
}

interface ScenarioCapacity {
  concurrent: ConcurrentRuntime;
  request: CapacityRequest;
  control: JobControl;
  feeds: ScenarioFeeds;
  cores: number;
  share: number;
  place: { index: number; total: number; label: string } | null;
  say: (samples: readonly CapacitySample[]) => void;
}

async function measureScenario(job: ScenarioCapacity): Promise<CapacityResult> {
  const { concurrent, request, control, feeds, cores, share, place, say } = job;
  const extent = { threads: request.options.threads, cores, batches: feeds.batches, budgetNs: share * 1e9 };
  const events = capacityOfScenario(concurrent, request, feeds, extent, control);
  const startedAt = seconds();
  const samples: CapacitySample[] = [];
  const progress = (state: 'running' | 'done'): void => {
    const remainingMs = state === 'done' ? 0 : Math.max(0, share - (seconds() - startedAt)) * 1000;
    const counts = { done: samples.length, total: null, unit: 'points' as const, round: null, scenario: place };
    control.progress({ phase: 'capacity', state, ...counts, remainingMs });
  };
  for (;;) {
    const event = await events.next();
    if (event.done) {
      progress('done');
      return event.value;
    }
    if (event.value.type === 'sample') {
      samples.push(event.value.sample);
      say(samples);
    }
    progress('running');
  }
}
