/** The inspecting process: static reports and what files are, without the runtime. */

import { scanFile } from '../core/model/scan.js';
import { inspectModel } from '../core/report/inspect.js';
import { importTrace } from '../core/report/importTrace.js';
import { serve } from './serve.js';
import { memoryLimitOf, startWatchdog } from './watchdog.js';

startWatchdog(memoryLimitOf(process.argv));
serve({
  // Asynchronous so that what it throws becomes an answer.
  inspect: async ({ modelPath, options, host }) => Promise.resolve(inspectModel(modelPath, options, host)),
  importTrace: (request) => importTrace(request),
  // The message crosses as it is; the host has the user's language.
  scan: async ({ path }) => Promise.resolve(scanFile(path, ({ code }) => code)),
});
