/** The measuring process: one request, then it is gone. */

import path from 'node:path';
import type { ConcurrentRuntime } from '../core/cost/concurrency.js';
import type { Runtime } from '../core/runtime/port.js';
import { measureCapacity } from './capacityJob.js';
import type { JobControl } from './jobs.js';
import { testLoad } from './loadTestJob.js';
import { measureMemory } from './memoryJob.js';
import { createRuntime } from './onnxRuntime.js';
import { profileModel } from './profileJob.js';
import { quantizeModel } from './quantizeJob.js';
import { serve } from './serve.js';
import { createSessionThreads } from './sessionThreads.js';
import { memoryLimitOf, startWatchdog } from './watchdog.js';

const runtimeIn = ({ temporaryFolder }: { temporaryFolder: string }): Runtime => createRuntime(temporaryFolder);

const threadsFor = (folder: string, control: JobControl): ConcurrentRuntime =>
  createSessionThreads({
    script: path.join(__dirname, 'session.js'),
    folder,
    stopRequested: () => control.stopRequested(),
  });

startWatchdog(memoryLimitOf(process.argv));
serve({
  profile: (request, control) => profileModel(runtimeIn(request), request, control),
  quantize: (request, control) => quantizeModel(runtimeIn(request), request, control),
  capacity: (request, control) =>
    measureCapacity(runtimeIn(request), threadsFor(request.temporaryFolder, control), request, control),
  loadTest: (request, control) =>
    testLoad(runtimeIn(request), threadsFor(request.temporaryFolder, control), request, control),
  memory: (request) => measureMemory(runtimeIn(request), request),
});
