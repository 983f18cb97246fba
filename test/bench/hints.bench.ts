/** Hints while typing: what the reader of a large manifest waits for, in fresh processes, and every edit after it. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { build } from 'esbuild';

import type { Benchmark, Figure } from './bench.js';

const root = path.resolve(import.meta.dirname, '../..');
const STARTS = 5;

interface Reading {
  loadMs: number;
  first: number;
  edit: number;
  slowest: number;
  characters: number;
}

/** Bundled as the extension is, so that no loader of sources is measured along. */
async function bundled(folder: string): Promise<string> {
  const outfile = path.join(folder, 'hintsReading.mjs');
  await build({
    entryPoints: [path.join(root, 'test/bench/hintsReading.mts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  return outfile;
}

/** In a process of its own, where nothing is compiled or warm. */
const read = (script: string, shape: string): Reading =>
  JSON.parse(
    execFileSync(process.execPath, [script, shape, path.join(root, 'dist/hints.js')], { encoding: 'utf8' }),
  ) as Reading;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

function figures(script: string, what: string, shape: string): Figure[] {
  const readings = Array.from({ length: STARTS }, () => read(script, shape));
  const of = (figure: (reading: Reading) => number): number => median(readings.map(figure));
  return [
    { what: `${what}, loading the parsers`, value: of(({ loadMs }) => loadMs), unit: 'ms' },
    { what: `${what}, first reading, cold`, value: of(({ first }) => first), unit: 'ms', bar: { atMost: 100 } },
    { what: `${what}, both`, value: of(({ loadMs, first }) => loadMs + first), unit: 'ms' },
    { what: `${what}, median edit`, value: of(({ edit }) => edit), unit: 'ms', bar: { atMost: 20 } },
    { what: `${what}, slowest edit`, value: of(({ slowest }) => slowest), unit: 'ms' },
  ];
}

const benchmark: Benchmark = {
  name: `hints: a manifest of 5,000 lines while typing, median of ${STARTS} fresh processes`,
  run: async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
    try {
      const script = await bundled(folder);
      const large = read(script, 'large');
      return [
        ...figures(script, 'many documents', 'many'),
        ...figures(script, 'one document', 'one'),
        {
          what: `${(large.characters / 1e6).toFixed(1)} MB, declined`,
          value: large.first,
          unit: 'ms',
          bar: { atMost: 300 },
        },
      ];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

export default benchmark;
