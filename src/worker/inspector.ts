/** The inspecting process: static reports only, without the runtime. */

import { inspectModel } from '../core/report/inspect.js';
import { serve } from './serve.js';
import { memoryLimitOf, startWatchdog } from './watchdog.js';

startWatchdog(memoryLimitOf(process.argv));
serve({
  // Asynchronous so that what it throws becomes an answer.
  inspect: async ({ modelPath, options, host }) => Promise.resolve(inspectModel(modelPath, options, host)),
});
