import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** Where downloads of the tests are kept between clones; `INFERENCE_PROFILER_TEST_CACHE` names another place. */
export function cacheFolder(name: string): string {
  const base =
    process.env.INFERENCE_PROFILER_TEST_CACHE ??
    path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'inference-profiler-tests');
  const folder = path.join(base, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}
