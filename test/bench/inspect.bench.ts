import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fixture } from '../models/index.js';
import type { Benchmark } from './bench.js';

const cli = path.resolve(import.meta.dirname, '../../dist/cli.js');

function wholeProcessMs(args: string[]): number {
  const start = performance.now();
  const result = spawnSync(process.execPath, args, { stdio: 'ignore' });
  if (result.status !== 0) throw new Error(`${args.join(' ')} ended with ${String(result.status)}`);
  return performance.now() - start;
}

const best = (times: number[]): number => Math.min(...times);

const benchmark: Benchmark = {
  name: 'inspect: a graph of 20,000 nodes, whole process',
  run: () => {
    const model = fixture('chain20000');
    const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
    try {
      const json = path.join(folder, 'report.json');
      const inspect = Array.from({ length: 5 }, (_, index) =>
        wholeProcessMs([cli, 'inspect', model, '--json', `${json}${index}`]),
      );
      const empty = Array.from({ length: 5 }, () => wholeProcessMs(['-e', '0']));
      return [
        { what: 'inspect --json', value: best(inspect) / 1000, unit: 's', bar: { atMost: 0.5 } },
        { what: 'an empty node process', value: best(empty) / 1000, unit: 's' },
      ];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

export default benchmark;
