import type { Runner } from '../../runner/runner.js';
import type { Engine, EngineRun, RunObserver } from './engine.js';

/** The runner as an engine; made when first used, since most windows profile nothing. */
export function runnerEngine(runner: () => Runner): Engine {
  return {
    inspect: (modelPath, options, signal) => runner().inspect({ modelPath, options }, signal),
    profile: (modelPath, options, observer) => startProfile(runner(), { modelPath, options }, observer),
  };
}

function startProfile(runner: Runner, request: Parameters<Runner['profile']>[0], observer: RunObserver): EngineRun {
  let queued = false;
  const begun = (): void => {
    if (queued) observer.queued(false);
    queued = false;
  };
  return runner.profile(request, {
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
  });
}
