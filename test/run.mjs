// Runs the tests of one or more kinds (the folders beside this file) with node's test runner.
// usage: node test/run.mjs KIND [KIND ...] [-- FILE_PART]   e.g. node test/run.mjs unit -- attribution
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';

const here = import.meta.dirname;
const separator = process.argv.indexOf('--');
const kinds = process.argv.slice(2, separator === -1 ? undefined : separator);
const part = separator === -1 ? '' : (process.argv[separator + 1] ?? '');
const files = kinds
  .flatMap((kind) =>
    readdirSync(path.join(here, kind), { recursive: true }).map((file) => path.join(here, kind, String(file))),
  )
  .filter((file) => file.endsWith('.test.ts') && file.includes(part))
  .sort();
if (files.length === 0) {
  console.error(`no test file for ${kinds.join(', ')}`);
  process.exit(1);
}
// What measures runs alone: two measurements spoil each other.
const concurrency = kinds.every((kind) => kind === 'unit') ? [] : ['--test-concurrency=1'];
const result = spawnSync(process.execPath, ['--import', 'tsx', '--test', ...concurrency, ...files], {
  stdio: 'inherit',
});
process.exit(result.status ?? 1);
