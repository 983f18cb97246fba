/** Brings a report of an older schema version up to this one, a version at a time. */

import type { SchemaVersion } from '../../protocol/report.js';
import { ExpectedError } from '../common/errors.js';

export const SCHEMA_VERSION: SchemaVersion = 1;

type JsonObject = Record<string, unknown>;

/** `MIGRATIONS.get(n)` makes version n + 1 of version n. */
const MIGRATIONS: ReadonlyMap<number, (report: JsonObject) => JsonObject> = new Map();

/** @throws ExpectedError (input) when it is no report, or one of a newer engine. */
export function migrate(value: unknown, migrations = MIGRATIONS, target: number = SCHEMA_VERSION): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, 'schemaVersion'))
    throw new ExpectedError('input', 'report.parse.notAReport');
  let report = value as JsonObject;
  const found = report['schemaVersion'];
  if (typeof found !== 'number' || !Number.isInteger(found) || found < 1)
    throw new ExpectedError('input', 'report.parse.notAReport');
  if (found > target) throw new ExpectedError('input', 'report.parse.newer', { found, supported: target });
  for (let version = found; version < target; version++) {
    const next = migrations.get(version);
    if (!next) throw new Error(`no migration from report version ${version}`);
    report = { ...next(report), schemaVersion: version + 1 };
  }
  return report;
}
