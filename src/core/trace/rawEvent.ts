/** One event of the runtime's profile, checked: the file may be anyone's. */

import type { TracedShape } from './types.js';

export type RawEvent =
  | { kind: 'sessionCreate'; durationUs: number }
  | { kind: 'run'; startUs: number; durationUs: number; threadId: number }
  | { kind: 'node'; node: NodeEvent; threadId: number };

export interface NodeEvent {
  name: string;
  opType: string;
  provider: string;
  startUs: number;
  durationUs: number;
  inputShapes: TracedShape[];
  outputShapes: TracedShape[];
  parameterBytes: number | null;
  memoryInUseBytes: number | null;
  arenaPeakBytes: number | null;
}

const NODE_SUFFIX = '_kernel_time';
const MAXIMUM_NAME_LENGTH = 4096;
const MAXIMUM_SHAPES = 1024;
const MAXIMUM_RANK = 64;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isTime = (value: unknown): value is number => typeof value === 'number' && value >= 0 && Number.isFinite(value);

function text(fields: Fields, key: string): string {
  const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
  return typeof value === 'string' ? value.slice(0, MAXIMUM_NAME_LENGTH) : '';
}

/** The runtime writes numbers as strings. */
function count(fields: Fields, key: string): number | null {
  const digits = text(fields, key);
  return /^\d{1,15}$/.test(digits) ? Number(digits) : null;
}

/** Shapes are shared between events: a trace repeats the same ones in every run. */
export class ShapeReader {
  private readonly known = new Map<string, TracedShape[]>();

  /** `[{"float":[1,3]},{"int64":[]}]`; what is not of this form is left out. */
  read(value: unknown): TracedShape[] {
    if (!Array.isArray(value)) return [];
    const key = JSON.stringify(value);
    const known = this.known.get(key);
    if (known) return known;
    const shapes = (value as unknown[]).slice(0, MAXIMUM_SHAPES).flatMap(readShape);
    if (this.known.size < 100_000) this.known.set(key, shapes);
    return shapes;
  }
}

function readShape(value: unknown): TracedShape[] {
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([dataType, dims]) => {
    const valid = Array.isArray(dims) && dims.length <= MAXIMUM_RANK && dims.every((dim) => Number.isSafeInteger(dim));
    return valid ? [{ dataType, dims: dims as number[] }] : [];
  });
}

/** null: valid, but of no use here (fences of older versions, device events, executors). undefined: damaged. */
export function readRawEvent(bytes: Buffer, shapes: ShapeReader): RawEvent | null | undefined {
  let fields: unknown;
  try {
    fields = JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
  if (!isFields(fields) || !isTime(fields['ts']) || !isTime(fields['dur'])) return undefined;
  const name = text(fields, 'name');
  const [startUs, durationUs] = [fields['ts'], fields['dur']];
  const threadId = typeof fields['tid'] === 'number' ? fields['tid'] : 0;
  if (fields['cat'] === 'Session') return sessionEvent(name, startUs, durationUs, threadId);
  if (fields['cat'] !== 'Node' || !name.endsWith(NODE_SUFFIX)) return null;
  const args = isFields(fields['args']) ? fields['args'] : {};
  const node = {
    name: name.slice(0, -NODE_SUFFIX.length),
    opType: text(args, 'op_name'),
    provider: text(args, 'provider'),
    startUs,
    durationUs,
    inputShapes: shapes.read(args['input_type_shape']),
    outputShapes: shapes.read(args['output_type_shape']),
    parameterBytes: count(args, 'parameter_size'),
    memoryInUseBytes: count(args, 'mem_bytes_in_use'),
    arenaPeakBytes: count(args, 'mem_in_use_peak'),
  };
  return { kind: 'node', node, threadId };
}

function sessionEvent(name: string, startUs: number, durationUs: number, threadId: number): RawEvent | null {
  if (name === 'model_run') return { kind: 'run', startUs, durationUs, threadId };
  const creates = name === 'session_initialization' || name.startsWith('model_loading');
  return creates ? { kind: 'sessionCreate', durationUs } : null;
}
