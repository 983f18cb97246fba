/** What a run is chosen from where nobody chose anything: the settings as they are delivered. */

import type { ChoiceSources } from '../../../src/extension/session/choices.js';

export const deliveredSettings: ChoiceSources['settings'] = {
  threads: 0,
  provider: 'cpu',
  optimization: 'all',
  budgetSeconds: 10,
  memoryLimitMiB: 0,
  historyLimit: 20,
  historySizeMiB: 2048,
  hints: true,
};

export const nothingChosen: ChoiceSources = {
  picks: {},
  workspaceFile: null,
  lastUsed: {},
  settings: deliveredSettings,
};
