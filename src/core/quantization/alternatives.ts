/** Other models with the same inputs and outputs, such as a distilled one, run in turn with the model. */

import path from 'node:path';
import { statSync } from 'node:fs';
import type { AlternativeModel, AlternativesSection } from '../../protocol/quantization.js';
import type { Message } from '../../protocol/text.js';
import { toFailure } from '../common/errors.js';
import { oneLine } from '../common/oneLine.js';
import { externalFiles } from '../model/externalData.js';
import type { ModelGraph } from '../model/graph.js';
import { countParameters } from '../model/parameters.js';
import { readModel } from '../model/read.js';
import type { Runtime, RuntimeSession, ValueMetadata } from '../runtime/port.js';
import { sessionOptions } from '../analysis/tracing.js';
import type { SampleSet } from './calibrate.js';
import { compare, type Comparison, type ComparisonOptions } from './measurePlan.js';

export interface AlternativesRequest {
  scenarioId: string;
  /** The model itself. */
  modelPath: string;
  /** Absolute. */
  alternatives: readonly string[];
  /** Under the files' own names. */
  samples: SampleSet;
  /** For all of them together. */
  options: ComparisonOptions;
  progress: (done: number, total: number) => void;
}

const LEAST_BUDGET_NS = 0.3e9;

/** The model itself is left out where it is among them. After a stop the rest is missing. */
export async function compareAlternatives(
  runtime: Runtime,
  request: AlternativesRequest,
): Promise<AlternativesSection> {
  const { scenarioId, modelPath, options } = request;
  const own = path.resolve(modelPath);
  const others = request.alternatives.filter((file) => path.resolve(file) !== own);
  const budgetNs = Math.max(LEAST_BUDGET_NS, options.budgetNs / Math.max(1, others.length));
  const models: AlternativeModel[] = [];
  for (const [done, file] of others.entries()) {
    if (options.stopRequested()) break;
    request.progress(done, others.length);
    models.push(await tried(runtime, file, request, budgetNs));
  }
  request.progress(others.length, others.length);
  const measured = models.flatMap((model) => model.measured ?? []);
  const [first] = measured;
  return { scenarioId, ...sizesOf(readModel(modelPath)), medianNs: first?.modelNs ?? null, models };
}

async function tried(
  runtime: Runtime,
  file: string,
  { modelPath, samples, options }: AlternativesRequest,
  budgetNs: number,
): Promise<AlternativeModel> {
  const unknown = { path: file, fileBytes: 0, parameterCount: 0 };
  try {
    const found = { ...unknown, ...sizesOf(readModel(file)) };
    const refused = await difference(runtime, modelPath, file, options);
    if (refused) return { ...found, measured: null, reason: refused };
    const sources = [modelPath, file].map((each) => ({ kind: 'file', path: each }) as const);
    const comparison = await compare(runtime, sources[0]!, sources[1]!, samples, { ...options, budgetNs });
    return { ...found, measured: measuredOf(comparison, samples.synthetic), reason: null };
  } catch (error) {
    const failure = toFailure(error);
    if (failure.kind !== 'expected') throw error;
    return { ...unknown, measured: null, reason: failure.message };
  }
}

function measuredOf(comparison: Comparison, synthetic: boolean): NonNullable<AlternativeModel['measured']> {
  const { medianNs, floatNs, speedup, speedupInterval, accuracy } = comparison;
  const { cosine, agreement, answers, labelled } = accuracy;
  const known = <T>(value: T): T | null => (synthetic ? null : value);
  return {
    medianNs,
    modelNs: floatNs,
    speedup,
    speedupInterval,
    cosine: known(cosine),
    agreement: known(agreement),
    answers: known(answers),
    accuracy: labelled && {
      model: labelled.float,
      alternative: labelled.quantized,
      samples: labelled.samples,
    },
  };
}

/** With what lies beside the file. */
function sizesOf(model: ModelGraph): { fileBytes: number; parameterCount: number } {
  const beside = externalFiles(model).reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  const fileBytes = (statSync(model.path, { throwIfNoEntry: false })?.size ?? 0) + beside;
  return { fileBytes, parameterCount: countParameters(model).parameterCount };
}

/** Why the two cannot stand side by side; null: they can. */
async function difference(
  runtime: Runtime,
  model: string,
  other: string,
  options: ComparisonOptions,
): Promise<Message | null> {
  const found: Signature[] = [];
  for (const file of [model, other]) {
    const session = await runtime.open({ kind: 'file', path: file }, sessionOptions({ provider: 'cpu', ...options }));
    found.push(signatureOf(session));
    await session.close();
  }
  const [expected, actual] = found as [Signature, Signature];
  if (expected.key === actual.key) return null;
  const params = { found: oneLine(actual.text, 160), expected: oneLine(expected.text, 160) };
  return { code: 'quantization.alternatives.signature', params };
}

interface Signature {
  /** Names, types and ranks: sizes that are fixed in one model may be open in another. */
  key: string;
  /** With sizes and symbols, for people. */
  text: string;
}

function signatureOf({ inputs, outputs }: RuntimeSession): Signature {
  const written = (one: (value: ValueMetadata) => string): string =>
    [inputs, outputs].map((values) => values.map(one).sort().join(', ')).join(' → ');
  return {
    key: written(({ name, dataType, shape }) => `${name} ${dataType} ${shape?.length ?? '?'}`),
    text: written(({ name, dataType, shape }) => `${name} ${dataType}[${shape?.join(' × ') ?? '?'}]`),
  };
}
