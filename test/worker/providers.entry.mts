/** usage: providers.entry.mts PROVIDERS REPORT FOLDER: profiles a small model as the measuring process does. */

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readEnvironment } from '../../src/runner/environment.js';
import { createRuntime } from '../../src/worker/onnxRuntime.js';
import { profileModel } from '../../src/worker/profileJob.js';
import { fixture } from '../models/index.js';

const [providers = '', file = '', folder = ''] = process.argv.slice(2);
const temporaryFolder = path.join(folder, 'sessions');
mkdirSync(temporaryFolder, { recursive: true });
const silent = (): void => undefined;
const report = await profileModel(
  createRuntime(temporaryFolder),
  {
    kind: 'profile',
    modelPath: fixture('cnn'),
    temporaryFolder,
    cacheFolder: null,
    host: await readEnvironment(),
    options: {
      dimensions: [],
      inputs: [],
      seed: 0,
      provider: 'cpu',
      compareProviders: providers.split(','),
      threads: 1,
      optimization: 'all',
      budgetSeconds: 1,
      memoryLimitBytes: null,
      command: 'inference-profiler profile',
    },
  },
  {
    stopRequested: () => false,
    progress: silent,
    partial: silent,
    log: { debug: silent, info: silent, warn: silent },
  },
);
writeFileSync(file, JSON.stringify(report));
