// Runs the tests of one or more kinds: a kind is a folder beside this file, named by what must be running.
// usage: node test/run.mjs KIND [KIND ...] [-- FILE_PART]   e.g. node test/run.mjs unit -- attribution
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';

const here = import.meta.dirname;
const separator = process.argv.indexOf('--');
const kinds = process.argv.slice(2, separator === -1 ? undefined : separator);
const part = separator === -1 ? '' : (process.argv[separator + 1] ?? '');

function filesOf(kind) {
  const files = readdirSync(path.join(here, kind), { recursive: true }).map((file) =>
    path.join(here, kind, String(file)),
  );
  const found = files.filter((file) => file.endsWith('.test.ts') && path.basename(file).includes(part)).sort();
  if (found.length === 0) throw new Error(`no test file in ${kind}`);
  return found;
}

function run(kind) {
  // Tests inside the extension host have a host, and so a runner, of their own.
  if (kind === 'extension')
    return spawnSync(process.execPath, ['--import', 'tsx', path.join(here, 'harness/runExtensionTests.mts'), part], {
      stdio: 'inherit',
    });
  // What measures runs alone: two measurements spoil each other.
  const concurrency = kind === 'unit' ? [] : ['--test-concurrency=1'];
  return spawnSync(
    process.execPath,
    ['--import', 'tsx', '--test', '--test-reporter=spec', ...concurrency, ...filesOf(kind)],
    { stdio: 'inherit' },
  );
}

// All kinds, also after one failed: the next fault is seen without another run.
const failed = kinds.filter((kind) => {
  console.log(`\n== ${kind}`);
  return run(kind).status !== 0;
});
if (failed.length > 0) {
  console.error(`failed: ${failed.join(' ')}`);
  process.exit(1);
}
