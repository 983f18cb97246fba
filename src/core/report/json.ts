import type { Report } from '../../protocol/report.js';

/** The report as a file: one line, its schema version first, so that readers know it from its first bytes. */
export function writeJson(report: Report): string {
  return [...jsonParts(report)].join('');
}

/** The same text piece by piece, so that what is there can be written while the rest is being made. */
export function* jsonParts({ schemaVersion, ...rest }: Report): Generator<string> {
  yield `{"schemaVersion":${JSON.stringify(schemaVersion)}`;
  for (const [key, value] of Object.entries(rest)) {
    yield `,${JSON.stringify(key)}:`;
    // By itself: a long text is copied when another is joined to it.
    yield JSON.stringify(value);
  }
  yield '}\n';
}
