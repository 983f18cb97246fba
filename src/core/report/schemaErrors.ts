/** A schema's complaint as where it is, what was expected and what was found instead. */

import type { ErrorObject } from 'ajv';

const LONGEST_SHOWN = 80;

/** Keys and indexes from the top. */
export type Path = (string | number)[];

export interface SchemaComplaint {
  path: Path;
  /** In a path's words: `scenarios[0].latency.medianNs`; `the file` for the top. */
  place: string;
  /** e.g. `must be number`. */
  expectation: string;
}

export function complaintOf(errors: readonly ErrorObject[] | null | undefined): SchemaComplaint {
  // With alternatives (`anyOf`) every failed one is listed: the deepest says most.
  const error = [...(errors ?? [])].sort((a, b) => depth(b) - depth(a))[0];
  const path = pathOf(error?.instancePath ?? '');
  return { path, place: placeOf(path), expectation: expectationOf(error) };
}

export const isUnknownKey = ({ keyword }: ErrorObject): boolean => keyword === 'additionalProperties';

/** Where they are, with the key itself at the end. */
export const unknownKeys = (errors: readonly ErrorObject[] | null | undefined): Path[] =>
  (errors ?? []).filter(isUnknownKey).map(({ instancePath, params }) => {
    const key = (params as Readonly<Record<string, unknown>>)['additionalProperty'];
    return [...pathOf(instancePath), typeof key === 'string' ? key : ''];
  });

const pathOf = (pointer: string): Path =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));

const depth = (error: ErrorObject): number => error.instancePath.split('/').length;

function placeOf(path: Path): string {
  const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return shortened(place.replace(/^\./, '')) || '(top)';
}

function expectationOf(error: ErrorObject | undefined): string {
  const params = error?.params as Readonly<Record<string, unknown>> | undefined;
  if (error?.keyword === 'additionalProperties')
    return `has an unknown key “${shortened(params?.['additionalProperty'])}”`;
  if (error?.keyword === 'required') return `lacks “${shortened(params?.['missingProperty'])}”`;
  const allowed = params?.['allowedValues'];
  if (error?.keyword === 'enum' && Array.isArray(allowed)) return `must be one of ${shortened(allowed.join(', '))}`;
  return error?.message ?? 'is wrong';
}

export function shortened(value: unknown): string {
  const text = typeof value === 'string' ? value : '';
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
