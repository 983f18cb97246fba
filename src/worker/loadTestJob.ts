/** A load test of a model's first scenario with the sessions that a replica has. */

import { mostItems } from '../core/cost/capacityPath.js';
import { type ConcurrentRuntime, openSessions } from '../core/cost/concurrency.js';
import { loadTestExperiment } from '../core/cost/loadTest.js';
import { serviceModels } from '../core/cost/service.js';
import type { ServiceModel } from '../core/cost/types.js';
import type { Runtime } from '../core/runtime/port.js';
import type { LoadTest } from '../protocol/loadTest.js';
import type { CapacitySample, Report } from '../protocol/report.js';
import type { LoadTestRequest } from '../protocol/worker.js';
import {
  capacityOfScenario,
  coresFor,
  readStatics,
  reportAround,
  type ScenarioFeeds,
  scenarioFeeds,
  servingContext,
} from './capacityScenario.js';
import type { JobControl } from './jobs.js';

/** @throws ExpectedError: the file is wrong, a dimension cannot be bound, the runtime refuses the model. */
export async function testLoad(
  runtime: Runtime,
  concurrent: ConcurrentRuntime,
  request: LoadTestRequest,
  control: JobControl,
): Promise<Report> {
  const statics = await readStatics(request);
  const [planned] = statics.scenarios;
  if (!planned) throw new Error('a model without a scenario');
  const feeds = await scenarioFeeds(statics, planned, request);
  const capacity = await capacityOf(runtime, concurrent, request, feeds, control);
  const replica = replicaOf(request, capacity, feeds);
  const draft = { ...reportAround(statics, request, [feeds.scenario], 'partial'), capacity };
  const test = await run(concurrent, request, feeds, replica, control, (found) => {
    control.partial({ section: 'report', value: { ...draft, loadTests: [found] } });
  });
  return { ...draft, status: control.stopRequested() ? 'partial' : 'complete', loadTests: [test] };
}

interface ReplicaShape {
  threads: number;
  sessions: number;
  service: ServiceModel | null;
}

/** What is known already, or a short look at the ways to share the cores; with sessions given, at those alone. */
async function capacityOf(
  runtime: Runtime,
  concurrent: ConcurrentRuntime,
  request: LoadTestRequest,
  feeds: ScenarioFeeds,
  control: JobControl,
): Promise<CapacitySample[]> {
  const { capacity, options, settings, host } = request;
  const { id } = feeds.scenario;
  const known = capacity.filter((one) => one.scenarioId === id && one.batch === feeds.batch);
  const fits = (one: CapacitySample): boolean =>
    settings.sessions === 0 || (one.sessions === settings.sessions && one.threads === settings.threads);
  if (known.some(fits)) return known;
  const cores = settings.sessions > 0 ? settings.sessions * settings.threads : await coresFor(runtime, host);
  const threads = settings.threads > 0 ? settings.threads : options.threads;
  const extent = { threads, cores, batches: 'asked' as const, budgetNs: options.budgetSeconds * 1e9 };
  const events = capacityOfScenario(concurrent, request, feeds, extent, control);
  let done = 0;
  for (;;) {
    const event = await events.next();
    if (event.done) return event.value.samples;
    const counts = { total: null, unit: 'points' as const, round: null, remainingMs: null };
    control.progress({ phase: 'capacity', state: 'running', done: done++, ...counts });
  }
}

function replicaOf(
  { settings }: LoadTestRequest,
  capacity: readonly CapacitySample[],
  feeds: ScenarioFeeds,
): ReplicaShape {
  const asked = settings.sessions > 0 ? { threads: settings.threads, sessions: settings.sessions } : null;
  const best = asked ?? mostItems(capacity.filter(({ batch }) => batch === feeds.batch)) ?? { threads: 0, sessions: 1 };
  const models = serviceModels(capacity, feeds.scenario.id);
  const service =
    models.find(({ threads, sessions }) => threads === best.threads && sessions === best.sessions) ?? null;
  return { threads: best.threads, sessions: best.sessions, service };
}

async function run(
  concurrent: ConcurrentRuntime,
  { options, settings, modelPath }: LoadTestRequest,
  feeds: ScenarioFeeds,
  { threads, sessions, service }: ReplicaShape,
  control: JobControl,
  say: (test: LoadTest) => void,
): Promise<LoadTest> {
  const made = feeds.feedsOf(feeds.batch);
  if (!made) throw new Error('a scenario without feeds');
  const open = await openSessions(concurrent, modelPath, options, { threads, sessions });
  try {
    const events = loadTestExperiment(
      open,
      {
        ...{ scenarioId: feeds.scenario.id, threads, sessions, batch: feeds.batch, service, feeds: made },
        ...{ ratePerSecond: settings.ratePerSecond, seconds: settings.seconds, percentile: settings.percentile },
        targetNs: settings.targetMs === null ? null : settings.targetMs * 1e6,
        seed: options.seed,
      },
      servingContext(control),
    );
    let steps = 0;
    for (;;) {
      const event = await events.next();
      const counts = { total: null, unit: 'rounds' as const, round: null, remainingMs: null };
      control.progress({ phase: 'loadTest', state: event.done ? 'done' : 'running', done: steps, ...counts });
      if (event.done) return event.value;
      if (event.value.type !== 'step') continue;
      steps += 1;
      say(event.value.test);
    }
  } finally {
    await open.close();
  }
}
