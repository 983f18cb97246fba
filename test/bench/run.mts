/**
 * Runs every benchmark of this folder, or those whose file name holds the given part, one after the other.
 * usage: npm run bench [-- FILE_PART]. Exit 1 when a figure misses its bar.
 */

import { readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Benchmark, type Figure, holds } from './bench.js';

const part = process.argv[2] ?? '';

function describe(figure: Figure): string {
  const { bar } = figure;
  const limit = !bar ? '' : 'atMost' in bar ? `at most ${bar.atMost}` : `at least ${bar.atLeast}`;
  const verdict = !bar ? '    ' : holds(figure) ? 'ok  ' : 'MISS';
  return `${verdict} ${figure.what}: ${figure.value.toPrecision(4)} ${figure.unit} ${limit && `(${limit})`}`.trimEnd();
}

const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.bench.ts') && file.includes(part));
let missed = 0;
for (const file of files.sort()) {
  const loaded = (await import(pathToFileURL(path.join(import.meta.dirname, file)).href)) as { default: Benchmark };
  console.log(`\n== ${loaded.default.name}`);
  for await (const figure of await loaded.default.run()) {
    console.log(describe(figure));
    if (!holds(figure)) missed++;
  }
}
console.log(`\n${missed} figures missed their bar`);
process.exitCode = missed > 0 || files.length === 0 ? 1 : 0;
