import { readFileSync } from 'node:fs';
import { readModel } from '../core/model/read.js';
import { openInputSet } from '../core/runtime/inputs/inputs.js';
import type { Runtime } from '../core/runtime/port.js';
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
  const { modelPath, options, dimensions } = request;
  if (modelPath === null) return { peakResidentBytes: peakResidentBytes() };
  const bound = dimensions.map((dimension) => ({ ...dimension, source: 'user' as const }));
  // One sample alone: the others would count as memory that the model needs.
  const set = await openInputSet(readModel(modelPath), bound, options.inputs, options.seed);
  const { feeds } = await set.sample(0);
  const session = await runtime.open(
    { kind: 'file', path: modelPath },
    {
      provider: options.provider,
      threads: options.threads,
      optimization: options.optimization,
      trace: false,
      disablePrepacking: false,
      stopSpinning: false,
      saveOptimizedGraph: false,
    },
  );
  await session.time(feeds);
  const result = { peakResidentBytes: peakResidentBytes() };
  await session.close();
  return result;
}
