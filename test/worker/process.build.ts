import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import type { RunOptions } from '../../src/protocol/worker.js';

const root = path.resolve(__dirname, '../..');

export interface Dist {
  folder: string;
  remove(): void;
}

/** Bundles as `esbuild.mjs` makes them, into a folder from which onnxruntime-node is found; keys are their names. */
export function buildDist(entries: Readonly<Record<string, string>>): Dist {
  const cache = path.join(root, '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(path.join(cache, 'test-dist-'));
  for (const [name, entry] of Object.entries(entries))
    buildSync({
      entryPoints: [path.join(root, entry)],
      outfile: path.join(folder, `${name}.js`),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      external: ['onnxruntime-node'],
      logLevel: 'warning',
    });
  return {
    folder,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const runOptions = (changes: Partial<RunOptions> = {}): RunOptions => ({
  dimensions: [],
  inputs: [],
  seed: 1,
  provider: 'cpu',
  threads: 1,
  optimization: 'all',
  budgetSeconds: 1,
  memoryLimitBytes: null,
  command: '',
  ...changes,
});
