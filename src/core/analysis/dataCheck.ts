/**
 * Whether latency depends on the data: the same run with the inputs' floating-point values replaced, in short rounds
 * that take turns, so that a drift of the machine meets all kinds alike. Processors take up to a hundred times as long
 * for an operation on denormal numbers.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TextCode } from '../../format/text/catalogue.js';
import type { DataKind, DataSensitivity } from '../../protocol/comparison.js';
import type { Message } from '../../protocol/text.js';
import type { Feeds, Runtime, RuntimeSession, TensorValue } from '../runtime/port.js';
import { intervalOverRounds, medianOf } from './statistics.js';
import { progress } from './profileEvents.js';
import type { ScenarioRun } from './scenarioRun.js';
import { sessionOptions, type TraceClock } from './tracing.js';
import type { ProfileContext, ProfileEvent } from './types.js';

export const DATA_KINDS: readonly DataKind[] = ['normal', 'zeros', 'denormals', 'large'];
const ROUNDS = 5;
/** On top of the budget, since it is asked for apart. */
const BUDGET_SHARE = 0.2;
/** A difference that one would act on; smaller ones are within what layout of memory does. */
const NOTABLE_RATIO = 1.2;

type Replacement = Exclude<DataKind, 'normal'>;

/** Denormals: about a hundredth of the smallest normal number. Large: near the largest, with room for products with weights. */
const VALUES: Readonly<Record<string, Readonly<Record<Replacement, number>>>> = {
  float32: { zeros: 0, denormals: 1e-40, large: 1e30 },
  float64: { zeros: 0, denormals: 1e-310, large: 1e300 },
  // As bits: 10 · 2^-24 and 2^14.
  float16: { zeros: 0, denormals: 0x000a, large: 0x7400 },
};

function replaced(tensor: TensorValue, kind: Replacement): TensorValue {
  const value = VALUES[tensor.dataType]?.[kind];
  const { data } = tensor;
  if (value === undefined || Array.isArray(data) || data instanceof BigInt64Array || data instanceof BigUint64Array)
    return tensor;
  return { ...tensor, data: data.slice().fill(value) };
}

/** null where no input holds floating-point numbers. Integers, masks and texts stay: they say what is looked up. */
export function feedsOfKind(feeds: Feeds, kind: DataKind): Feeds | null {
  const entries = Object.entries(feeds);
  if (!entries.some(([, { dataType, data }]) => Object.hasOwn(VALUES, dataType) && data.length > 0)) return null;
  if (kind === 'normal') return feeds;
  // No prototype: an input may be called '__proto__'.
  const result = Object.create(null) as Record<string, TensorValue>;
  for (const [name, tensor] of entries) result[name] = replaced(tensor, kind);
  return result;
}

/** Runs for at least `slotNs`, and the first run after a change of data does not count where there are several. */
async function shortRound(session: RuntimeSession, feeds: Feeds, slotNs: number, clock: TraceClock): Promise<number[]> {
  const samples: number[] = [];
  const endsAt = clock.now() + slotNs;
  do {
    samples.push(await session.time(feeds));
    await nextTurn();
  } while (clock.now() < endsAt && !clock.stopRequested());
  return samples.length > 2 ? samples.slice(1) : samples;
}

/** Yields the number of rounds done. null where there is nothing to vary, or after a stop before every kind had a round. */
export async function* measureDataKinds(
  session: RuntimeSession,
  feeds: Feeds,
  budgetNs: number,
  clock: TraceClock,
): AsyncGenerator<number, DataSensitivity[] | null> {
  const kinds = DATA_KINDS.flatMap((kind) => {
    const ofKind = feedsOfKind(feeds, kind);
    return ofKind ? [{ kind, feeds: ofKind, rounds: [] as number[][] }] : [];
  });
  if (kinds.length === 0) return null;
  // A session's first run prepares what later ones have: it would count against the first kind.
  await session.time(feeds);
  const startedAt = clock.now();
  for (let round = 0; round < ROUNDS && !clock.stopRequested(); round += 1) {
    for (const each of kinds)
      each.rounds.push(await shortRound(session, each.feeds, budgetNs / (ROUNDS * kinds.length), clock));
    yield round + 1;
    // A round that took so long that the next one would end far beyond the budget is the last.
    const spent = clock.now() - startedAt;
    if (spent + spent / (round + 1) / 2 > budgetNs) break;
  }
  if (kinds.some(({ rounds }) => rounds.length === 0)) return null;
  return kinds.map(({ kind, rounds }) => ({
    kind,
    medianNs: medianOf(rounds.flat()),
    confidenceNs: intervalOverRounds(rounds),
  }));
}

/** One message for each kind that differs by a fifth or more, beyond both intervals. */
export function sensitivityWarnings(measured: readonly DataSensitivity[]): Message[] {
  const normal = measured.find(({ kind }) => kind === 'normal');
  if (!normal) return [];
  return measured.flatMap((other): Message[] => {
    if (other.kind === 'normal') return [];
    const ratio = other.medianNs / normal.medianNs;
    const slower = ratio >= NOTABLE_RATIO && other.confidenceNs[0] > normal.confidenceNs[1];
    const faster = ratio <= 1 / NOTABLE_RATIO && other.confidenceNs[1] < normal.confidenceNs[0];
    if (!slower && !faster) return [];
    const code: TextCode = `scenario.warning.data.${other.kind}`;
    return [{ code, params: { ratio: ratio.toPrecision(2) } }];
  });
}

/** The whole check in a session of its own; what it finds goes into the scenario. */
export async function* checkData(
  runtime: Runtime,
  run: ScenarioRun,
  context: ProfileContext,
): AsyncGenerator<ProfileEvent, void> {
  const { options, modelPath } = run.request;
  yield progress('dataCheck', 'running');
  const session = await runtime.open({ kind: 'file', path: modelPath }, sessionOptions(options));
  try {
    const budgetNs = BUDGET_SHARE * options.budgetSeconds * 1e9;
    const measuring = measureDataKinds(session, run.inputs.feeds, budgetNs, context);
    let step = await measuring.next();
    for (; !step.done; step = await measuring.next())
      yield progress('dataCheck', 'running', { done: step.value, unit: 'rounds' });
    run.dataSensitivity = step.value;
    if (step.value) run.warnings.push(...sensitivityWarnings(step.value));
    else if (!context.stopRequested()) run.warn('scenario.warning.noFloatInputs');
  } finally {
    await session.close();
  }
  yield progress('dataCheck', 'done');
}
