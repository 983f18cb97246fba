/** The measuring process: one request, then it is gone. */

import type { Runtime } from '../core/runtime/port.js';
import { measureMemory } from './memoryJob.js';
import { createRuntime } from './onnxRuntime.js';
import { profileModel } from './profileJob.js';
import { quantizeModel } from './quantizeJob.js';
import { serve } from './serve.js';
import { memoryLimitOf, startWatchdog } from './watchdog.js';

const runtimeIn = ({ temporaryFolder }: { temporaryFolder: string }): Runtime => createRuntime(temporaryFolder);

startWatchdog(memoryLimitOf(process.argv));
serve({
  profile: (request, control) => profileModel(runtimeIn(request), request, control),
  quantize: (request, control) => quantizeModel(runtimeIn(request), request, control),
  memory: (request) => measureMemory(runtimeIn(request), request),
});
