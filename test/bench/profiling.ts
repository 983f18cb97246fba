/** The product as it is, for benchmarks: the runner with its worker process, and a bare loop in a process of its own. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Report } from '../../src/protocol/report.js';
import type { DimensionRequest, RunOptions } from '../../src/protocol/worker.js';
import { Runner } from '../../src/runner/runner.js';

const root = path.resolve(import.meta.dirname, '../..');
const nothing = (): void => undefined;

/** The build, once for all benchmarks of a run. */
let isBuilt = false;

export function build(): void {
  if (!isBuilt) execFileSync(process.execPath, ['esbuild.mjs'], { cwd: root });
  isBuilt = true;
}

export interface Loop {
  /** Session, three warm-ups and 50 runs. */
  wholeMs: number;
  medianMs: number;
}

/** `threads` 0: the runtime's default. */
export function bareLoop(file: string, dimensions: readonly DimensionRequest[], seconds: number, threads = 0): Loop {
  const script = path.join(import.meta.dirname, 'bareLoop.mts');
  const words = ['--import', 'tsx', script, file, JSON.stringify(dimensions), String(seconds), String(threads)];
  return JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' })) as Loop;
}

export interface Profiled {
  report: Report;
  /** From the call to the first kernels that the caller is told of, the start of the process included. */
  firstHotspotsMs: number;
  /** The same, from the worker's first word. */
  sinceWorkerMs: number;
}

export async function profile(
  file: string,
  dimensions: readonly DimensionRequest[],
  budgetSeconds: number,
  threads = 0,
): Promise<Profiled> {
  build();
  const temporaryRoot = mkdtempSync(path.join(tmpdir(), 'bench-'));
  const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  const runner = new Runner({ distFolder: path.join(root, 'dist'), logger, temporaryRoot });
  const options: RunOptions = {
    dimensions: [...dimensions],
    inputs: [],
    seed: 1,
    provider: 'cpu',
    threads,
    optimization: 'all',
    budgetSeconds,
    memoryLimitBytes: null,
    command: '',
  };
  const start = performance.now();
  let firstWordMs = Infinity;
  let firstHotspotsMs = Infinity;
  const heard = (): void => {
    firstWordMs = Math.min(firstWordMs, performance.now() - start);
  };
  try {
    const run = runner.profile(
      { modelPath: file, options },
      {
        onProgress: heard,
        onPartial: (partial) => {
          heard();
          if (partial.section === 'scenario' && partial.value.kernels.length > 0)
            firstHotspotsMs = Math.min(firstHotspotsMs, performance.now() - start);
        },
      },
    );
    const report = await run.result;
    return { report, firstHotspotsMs, sinceWorkerMs: firstHotspotsMs - firstWordMs };
  } finally {
    runner.dispose();
    rmSync(temporaryRoot, { recursive: true, force: true });
  }
}
