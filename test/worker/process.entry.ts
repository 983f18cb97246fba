/** A worker with odd jobs, built in place of the real one: what it does is said by the request's `command`. */

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { JobControl } from '../../src/worker/jobs.js';
import type { ProfileRequest } from '../../src/protocol/worker.js';
import type { Report } from '../../src/protocol/report.js';
import { ExpectedError } from '../../src/core/common/errors.js';
import type { Feeds } from '../../src/core/runtime/port.js';
import { measureMemory } from '../../src/worker/memoryJob.js';
import { createRuntime } from '../../src/worker/onnxRuntime.js';
import { serve } from '../../src/worker/serve.js';
import { memoryLimitOf, startWatchdog } from '../../src/worker/watchdog.js';

const feeds: Feeds = { x: { dataType: 'float32', dims: [1], data: Float32Array.of(1) } };

function reportOf(status: string, measuredRuns: number, environment: unknown): Report {
  const totals = { macs: null, elementwiseOps: null, weightBytes: 7, peakActivationBytes: 3, operatorsWithoutRule: [] };
  const scenario = {
    id: 's0',
    dimensions: [],
    totals,
    memory: null,
    latency: {},
    warnings: [],
    run: { measuredRuns, provider: 'cpu' },
  };
  return { status, environment, scenarios: [scenario] } as unknown as Report;
}

/** Runs the model for ever, or until asked to stop. */
async function run(request: ProfileRequest, control: JobControl): Promise<Report> {
  const session = await createRuntime(request.temporaryFolder).open(
    { kind: 'file', path: request.modelPath },
    {
      provider: 'cpu',
      threads: 1,
      optimization: 'disabled',
      trace: true,
      disablePrepacking: false,
      stopSpinning: false,
      saveOptimizedGraph: true,
    },
  );
  writeFileSync(path.join(request.temporaryFolder, 'pid'), String(process.pid));
  const once = request.options.command === 'once';
  let done = 0;
  while (!control.stopRequested() && !(once && done === 3)) {
    control.progress({
      phase: 'latency',
      state: 'running',
      done,
      total: null,
      unit: 'runs',
      round: null,
      remainingMs: null,
    });
    await session.time(feeds);
    done++;
  }
  return reportOf(once ? 'complete' : 'partial', done, request.host.environment);
}

const oddities: Record<string, () => void> = {
  abort: () => {
    process.abort();
  },
  exit: () => process.exit(0),
  disconnect: () => {
    process.disconnect();
    setInterval(() => undefined, 1000);
    process.removeAllListeners('disconnect');
  },
  throw: () => {
    throw new Error('a bug');
  },
  throwLater: () => {
    setImmediate(() => {
      throw new Error('nobody awaited this');
    });
  },
  refuse: () => {
    throw new ExpectedError('input', 'error.runtime.input', { name: 'x', text: 'odd' });
  },
  starve: () => {
    const held: string[][] = [];
    for (;;) held.push(new Array<string>(1e6).fill('').map((_, index) => `${held.length} ${index}`));
  },
};

async function profile(request: ProfileRequest, control: JobControl): Promise<Report> {
  control.partial({ section: 'report', value: reportOf('partial', 0, null) });
  const odd = oddities[request.options.command];
  if (!odd) return run(request, control);
  odd();
  return new Promise(() => undefined);
}

startWatchdog(memoryLimitOf(process.argv));
serve({
  profile,
  memory: (request) => measureMemory(createRuntime(request.temporaryFolder), request),
  inspect: async ({ options, host }) => {
    if (options.command === 'endless') for (;;);
    oddities[options.command]?.();
    return Promise.resolve(reportOf('static', process.pid, host.environment));
  },
});
