import type { Report } from '../../protocol/report.js';
import { ExpectedError } from '../common/errors.js';
import validate from './generated/validateReport.mjs';
import { MAXIMUM_REPORT_BYTES } from './limits.js';
import { migrate } from './migrate.js';
import { complaintOf } from './schemaErrors.js';

/**
 * A report from its JSON text: of this version or an older one, every field of the type that the schema names. Texts in
 * it are still other people's.
 *
 * @throws ExpectedError (input): too large, no JSON, no report, of a newer engine, or the first field that is wrong.
 */
export function parseReport(text: string): Report {
  if (text.length > MAXIMUM_REPORT_BYTES)
    throw new ExpectedError('input', 'report.parse.tooLarge', { maximum: MAXIMUM_REPORT_BYTES / 2 ** 20 });
  const report: unknown = migrate(parseJson(text));
  if (isReport(report)) return report;
  const { place, expectation } = complaintOf(validate.errors);
  throw new ExpectedError('input', 'report.parse.schema', { place, expectation });
}

/** Against the schema of the current version; says nothing of what is wrong. */
export const isReport = (value: unknown): value is Report => validate(value);

function parseJson(text: string): unknown {
  try {
    // An editor may have put a byte order mark in front.
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch (error) {
    throw new ExpectedError('input', 'report.parse.notJson', {}, { cause: error });
  }
}
