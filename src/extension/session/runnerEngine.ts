import type { ProfileHandlers } from '../../runner/profileCall.js';
import type { Runner } from '../../runner/runner.js';
import type { Engine, RunObserver } from './engine.js';

/** The runner as an engine; made when first used, since most windows profile nothing. */
export function runnerEngine(runner: () => Runner): Engine {
  return {
    inspect: (modelPath, options, signal) => runner().inspect({ modelPath, options }, signal),
    profile: (modelPath, options, observer) => runner().profile({ modelPath, options }, handlersFor(observer)),
    capacity: (modelPath, options, observer) => runner().capacity({ modelPath, options }, handlersFor(observer)),
    quantize: (modelPath, request, observer) => runner().quantize({ modelPath, ...request }, handlersFor(observer)),
  };
}

function handlersFor(observer: RunObserver): ProfileHandlers {
  let queued = false;
  const begun = (): void => {
    if (queued) observer.queued(false);
    queued = false;
  };
  return {
    onQueued: () => {
      queued = true;
      observer.queued(true);
    },
    onProgress: (progress) => {
      begun();
      observer.progress(progress);
    },
    onPartial: (partial) => {
      begun();
      observer.partial(partial);
    },
  };
}
