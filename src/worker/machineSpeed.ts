/** Says of a report that the machine was slower than in earlier profiles, and remembers how fast it was. */

import { createHash } from 'node:crypto';
import path from 'node:path';
import { parseKnownSpeed, referenceNsOf, speedWarning, withProfile } from '../core/analysis/machineSpeed.js';
import type { Report } from '../protocol/report.js';
import type { ProfileRequest } from '../protocol/worker.js';
import { remember, remembered } from './cacheFile.js';

/** The kernel is JavaScript, and on several threads the slower core counts: another engine or count is another speed. */
function speedFile({ cacheFolder, host, options }: ProfileRequest): string | null {
  if (cacheFolder === null) return null;
  const key = [host.machineId, host.environment.cpuModel, process.versions.v8, options.threads];
  const name = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 32);
  return path.join(cacheFolder, `speed-${name}.json`);
}

/** By its first scenario: the others were measured right after it. */
export async function withMachineSpeed(report: Report, request: ProfileRequest): Promise<Report> {
  const file = speedFile(request);
  const [first, ...others] = report.scenarios;
  const referenceNs = first ? referenceNsOf(first) : null;
  if (file === null || !first || referenceNs === null) return report;
  const known = parseKnownSpeed(await remembered(file));
  await remember(file, JSON.stringify(withProfile(known, referenceNs)));
  // Others' load slows the reference too, and is told already.
  const isDisturbed = first.warnings.some(({ code }) => code === 'measure.warning.disturbed');
  const slower = isDisturbed ? null : speedWarning(known, referenceNs);
  if (slower === null) return report;
  return { ...report, scenarios: [{ ...first, warnings: [...first.warnings, slower] }, ...others] };
}
