/** SHA-256 of the files that fed a run, so that somebody else can tell whether theirs are the same. */

import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { InputSummary, Report } from '../protocol/report.js';
import type { InputRequest } from '../protocol/worker.js';
import { contentSha256 } from './contentHash.js';

/** Reading more would keep the report waiting for nothing but its own record. */
const LARGEST_BYTES = 2 ** 30;
const FILE = 'file:';

/** An input whose file cannot be told or read stays without a hash. */
export async function withInputHashes(
  report: Report,
  requests: readonly InputRequest[],
  cacheFolder: string | null,
): Promise<Report> {
  const scenarios = await Promise.all(
    report.scenarios.map(async (scenario) => ({
      ...scenario,
      inputs: await Promise.all(scenario.inputs.map((input) => withHash(input, requests, cacheFolder))),
    })),
  );
  return { ...report, scenarios };
}

async function withHash(
  input: InputSummary,
  requests: readonly InputRequest[],
  cacheFolder: string | null,
): Promise<InputSummary> {
  if (!input.source.startsWith(FILE)) return input;
  const name = input.source.slice(FILE.length);
  const own = requests.filter((request) => request.name === input.name);
  for (const request of own.length > 0 ? own : requests)
    for (const file of [request.path, path.join(request.path, name)]) {
      const found = await stat(file).catch(() => null);
      if (!found?.isFile() || found.size > LARGEST_BYTES) continue;
      const sha256 = await contentSha256(file, cacheFolder).catch(() => null);
      return { ...input, sha256 };
    }
  return { ...input, sha256: null };
}
