/** What capacity and load test measure on: the model's scenarios, with feeds of any batch. */

import { feedsOfBatch } from '../core/cost/batchFeeds.js';
import {
  type CapacityEvent,
  capacityExperiment,
  type CapacityRequest,
  type CapacityResult,
} from '../core/cost/capacity.js';
import type { ConcurrentRuntime, ServingContext } from '../core/cost/concurrency.js';
import { batchAxisOf } from '../core/model/batchAxis.js';
import { readModel } from '../core/model/read.js';
import { analyzeStatically, buildReport, type StaticModel } from '../core/report/build.js';
import { type StaticScenario, staticScenario } from '../core/report/scenarios.js';
import { dimensionsFromInputs, prepareInputs } from '../core/runtime/inputs/inputs.js';
import { createLoadGauge } from '../core/runtime/gauge.js';
import type { Feeds, Runtime } from '../core/runtime/port.js';
import type { Report, Scenario } from '../protocol/report.js';
import type { Host, RunOptions } from '../protocol/worker.js';
import type { JobControl } from './jobs.js';

export interface ScenarioFeeds {
  batch: number;
  /** Whether other batches may be tried, were asked for, or cannot be made. */
  batches: 'free' | 'asked' | 'none';
  /** The same object for the same batch; null where the inputs do not grow with it. */
  feedsOf: (batch: number) => Feeds | null;
  /** As they were fed. */
  scenario: Scenario;
}

export interface MeasuredRequest {
  modelPath: string;
  options: RunOptions;
  host: Host;
}

export async function readStatics({ modelPath, options }: MeasuredRequest): Promise<StaticModel> {
  const file = readModel(modelPath);
  const asked = new Set(options.dimensions.filter(({ source }) => source === 'user').map(({ name }) => name));
  const fromFiles = (await dimensionsFromInputs(file, options.inputs)).filter(({ name }) => !asked.has(name));
  return analyzeStatically(file, [...options.dimensions, ...fromFiles]);
}

export async function scenarioFeeds(
  statics: StaticModel,
  planned: StaticScenario,
  { modelPath, options }: MeasuredRequest,
): Promise<ScenarioFeeds> {
  const { model, parameters } = statics;
  const { feeds, summaries, warnings } = await prepareInputs(model, planned.dimensions, options.inputs, options.seed);
  const axis = batchAxisOf(model, planned.dimensions);
  const wasAsked = planned.dimensions.some(
    ({ name, source }) => axis?.names.includes(name) && (source === 'flag' || source === 'workspaceFile'),
  );
  const base = staticScenario(model, planned, parameters.weightBytes, modelPath, options);
  const batch = axis?.batch ?? 1;
  const made = new Map<number, Feeds | null>([[batch, feeds]]);
  return {
    batch,
    batches: axis === null ? 'none' : wasAsked ? 'asked' : 'free',
    feedsOf: (items) => {
      const known = made.get(items);
      if (known !== undefined) return known;
      const found = axis && feedsOfBatch(model, planned.dimensions, feeds, axis, items);
      made.set(items, found);
      return found;
    },
    scenario: { ...base, inputs: summaries, warnings: [...base.warnings, ...warnings] },
  };
}

/** How much of the machine is looked at, and for how long. */
export type CapacityExtent = Pick<CapacityRequest, 'threads' | 'cores' | 'batches' | 'budgetNs'>;

export const capacityOfScenario = (
  concurrent: ConcurrentRuntime,
  { modelPath, options: { provider, optimization } }: MeasuredRequest,
  { scenario, batch, feedsOf }: ScenarioFeeds,
  extent: CapacityExtent,
  control: JobControl,
): AsyncGenerator<CapacityEvent, CapacityResult> =>
  capacityExperiment(
    concurrent,
    { ...extent, scenarioId: scenario.id, modelPath, options: { provider, optimization }, batch, feedsOf },
    servingContext(control),
  );

export const servingContext = (control: JobControl): ServingContext => ({
  now: () => performance.now() * 1e6,
  stopRequested: () => control.stopRequested(),
  gauge: createLoadGauge(),
});

/** Threads that a session takes on all cores, the calling one included. */
export const coresFor = async (runtime: Runtime, host: Host): Promise<number> =>
  Math.max(1, (await runtime.defaultThreads?.()) ?? host.environment.physicalCores ?? host.environment.logicalCores);

/** A report of what was not profiled. */
export function reportAround(
  statics: StaticModel,
  { modelPath, host }: MeasuredRequest,
  scenarios: Scenario[],
  status: 'partial' | 'complete',
): Report {
  return buildReport(statics, { status, modelPath, host, contentSha256: null, scenarios, warnings: [] });
}
