import type { Failure, Message } from '../../protocol/text.js';
import type { PageChoices, PageFailure, PageRemedy, RunNeeds, RunTask } from '../../protocol/webview.js';
import { aboutBytes } from '../../format/approximate.js';

const MEMORY_LIMIT = 'error.limit.memory';
/** The model wants more than there is, whoever said so: our limit, the runtime, or the system. */
const OUT_OF_MEMORY: readonly string[] = [
  MEMORY_LIMIT,
  'error.limit.freeMemory',
  'error.runtime.memory',
  'error.worker.outOfMemory',
  'error.worker.killed',
];

export interface FailureContext {
  needs: RunNeeds | null;
  choices: PageChoices | null;
  memoryLimitMiB: number;
  /** What failed; a profile where absent. */
  task?: RunTask;
}

/** A failure as the page shows it: the sentence, what was needed, the ways out. null where nothing is to be said. */
export function pageFailure(failure: Failure | null, context: FailureContext): PageFailure | null {
  if (!failure || failure.kind === 'cancelled') return null;
  const trial = context.task !== undefined && context.task !== 'profile';
  return {
    message: failure.message,
    details: details(failure, context),
    ...(trial ? { task: context.task } : {}),
    remedies: trial ? trialRemedies(failure, context.task) : remedies(failure, context),
  };
}

function details(failure: Failure, { needs }: FailureContext): Message[] {
  if (failure.kind === 'expected' && failure.reason === 'input') return [];
  const unharmed: Message = { code: 'extension.failure.unharmed', params: {} };
  if (!isOutOfMemory(failure) || !needs) return [unharmed];
  const params = { needs: aboutBytes(needs.aboutBytes), free: aboutBytes(needs.freeBytes) };
  return [{ code: 'extension.failure.needs', params }, unharmed];
}

/** What another attempt cannot change is not offered one; views with a button of their own have it at hand. */
function trialRemedies({ kind, reason }: Failure, task: RunTask | undefined): PageRemedy[] {
  const ofPlans = task === 'quantization' || task === 'saveQuantized';
  if (!ofPlans || (kind === 'expected' && reason === 'input')) return [{ type: 'showLog' }];
  return [{ type: 'tryQuantization' }, { type: 'showLog' }];
}

function remedies(failure: Failure, context: FailureContext): PageRemedy[] {
  if (failure.kind === 'bug') return [{ type: 'profileAgain' }, { type: 'showLog' }];
  if (failure.reason === 'input') return [{ type: 'profileAgain' }];
  if (!isOutOfMemory(failure)) return [{ type: 'profileAgain' }, { type: 'inspectOnly' }, { type: 'showLog' }];
  const found: PageRemedy[] = [];
  const more = higherLimitMiB(failure, context);
  if (more !== null) found.push({ type: 'profileWithMemory', memoryLimitMiB: more });
  const dimension = context.choices?.dimensions.toSorted((a, b) => b.value - a.value)[0];
  if (dimension) found.push({ type: 'changeDimension', name: dimension.name });
  return [...found, { type: 'inspectOnly' }, { type: 'showLog' }];
}

const isOutOfMemory = (failure: Failure): boolean => OUT_OF_MEMORY.includes(failure.message.code);

/** Twice the limit, or what it needs where that is more, while so much is free; only where the limit is the user's. */
function higherLimitMiB(failure: Failure, { needs, memoryLimitMiB }: FailureContext): number | null {
  if (failure.message.code !== MEMORY_LIMIT || memoryLimitMiB === 0) return null;
  const wantedMiB = Math.max(2 * memoryLimitMiB, Math.ceil((needs?.aboutBytes ?? 0) / 2 ** 20));
  return needs && wantedMiB * 2 ** 20 > needs.freeBytes ? null : wantedMiB;
}
