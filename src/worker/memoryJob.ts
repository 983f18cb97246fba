import { readFileSync } from 'node:fs';
import { sessionOptions } from '../core/analysis/tracing.js';
import { feedsOfBatch } from '../core/cost/batchFeeds.js';
import { batchAxisOf } from '../core/model/batchAxis.js';
import type { ModelGraph } from '../core/model/graph.js';
import { readModel } from '../core/model/read.js';
import { openInputSet } from '../core/runtime/inputs/inputs.js';
import type { Feeds, Runtime, RuntimeSession } from '../core/runtime/port.js';
import type { BoundDimension } from '../protocol/report.js';
import type { MemoryRequest, MemoryResult } from '../protocol/worker.js';

/**
 * Peak resident size of this process since it started. Linux: VmHWM, which begins anew with the program; its rusage
 * figure is inherited from the process that forked, so a large editor would show through. Elsewhere: rusage, in KiB.
 */
export function peakResidentBytes(): number {
  if (process.platform === 'linux') {
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kibibytes !== undefined) return Number(kibibytes) * 1024;
  }
  return process.resourceUsage().maxRSS * 1024;
}

/** Loads and runs once, as a server would; without a model only the runtime's library is loaded, which `runtime` has done. */
export async function measureMemory(runtime: Runtime, request: MemoryRequest): Promise<MemoryResult> {
  const { modelPath, options, dimensions, replica } = request;
  if (modelPath === null) return { peakResidentBytes: peakResidentBytes() };
  const bound = dimensions.map((dimension) => ({ ...dimension, source: 'user' as const }));
  const model = readModel(modelPath);
  // One sample alone: the others would count as memory that the model needs.
  const set = await openInputSet(model, bound, options.inputs, options.seed);
  const { feeds: single } = await set.sample(0);
  const feeds = replica ? feedsFor(model, bound, single, replica.batch) : single;
  const sessions: RuntimeSession[] = [];
  for (let index = 0; index < (replica?.sessions ?? 1); index++) {
    const { provider, threads, optimization } = options;
    const session = await runtime.open(
      { kind: 'file', path: modelPath },
      sessionOptions({ provider, threads, optimization }),
    );
    sessions.push(session);
    await session.time(feeds);
  }
  const result = { peakResidentBytes: peakResidentBytes() };
  for (const session of sessions) await session.close();
  return result;
}

function feedsFor(model: ModelGraph, dimensions: readonly BoundDimension[], feeds: Feeds, batch: number): Feeds {
  const axis = batchAxisOf(model, dimensions);
  return (axis && feedsOfBatch(model, dimensions, feeds, axis, batch)) ?? feeds;
}
