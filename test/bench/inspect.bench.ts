import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fixture, type FixtureName } from '../models/index.js';
import type { Benchmark, Figure } from './bench.js';

const cli = path.resolve(import.meta.dirname, '../../dist/cli.js');
const STARTS = 7;

function wholeProcessSeconds(args: string[], writes?: string): number {
  // As a first call: letting go of the pages of an older report is the file system's time.
  if (writes !== undefined) rmSync(writes, { force: true });
  const start = performance.now();
  const result = spawnSync(process.execPath, args, { stdio: 'ignore' });
  if (result.status !== 0) throw new Error(`${args.join(' ')} ended with ${String(result.status)}`);
  return (performance.now() - start) / 1000;
}

/** Of several starts the quickest: others share the machine. */
const quickest = (args: string[], writes?: string): number =>
  Math.min(...Array.from({ length: STARTS }, () => wholeProcessSeconds(args, writes)));

function inspect(model: FixtureName, what: string, folder: string): Figure {
  const report = path.join(folder, `${model}.json`);
  const value = quickest([cli, 'inspect', fixture(model), '--json', report], report);
  return { what, value, unit: 's', bar: { atMost: 0.5 } };
}

const benchmark: Benchmark = {
  name: 'inspect: graphs of 20,000 nodes, whole process',
  run: () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
    try {
      return [
        inspect('chain20000', 'a chain of tiny operators', folder),
        inspect('deepEncoder', 'a transformer of 392 layers', folder),
        { what: 'an empty node process', value: quickest(['-e', '0']), unit: 's' },
      ];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

export default benchmark;
