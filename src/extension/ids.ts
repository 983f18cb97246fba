/** Every id that package.json and the code share. A test compares the two. */

export const COMMANDS = {
  profile: 'inferenceProfiler.profile',
  inspect: 'inferenceProfiler.inspect',
  stop: 'inferenceProfiler.stop',
  cancel: 'inferenceProfiler.cancel',
  measureLonger: 'inferenceProfiler.measureLonger',
  compareProviders: 'inferenceProfiler.compareProviders',
  tryQuantization: 'inferenceProfiler.tryQuantization',
  saveQuantizedModel: 'inferenceProfiler.saveQuantizedModel',
  compareWith: 'inferenceProfiler.compareWith',
  compareLast: 'inferenceProfiler.compareLast',
  compareHead: 'inferenceProfiler.compareHead',
  compareBaseline: 'inferenceProfiler.compareBaseline',
  pinBaseline: 'inferenceProfiler.pinBaseline',
  unpinBaseline: 'inferenceProfiler.unpinBaseline',
  changeDimension: 'inferenceProfiler.changeDimension',
  shareSettings: 'inferenceProfiler.shareSettings',
  openReport: 'inferenceProfiler.openReport',
  openTrace: 'inferenceProfiler.openTrace',
  openRun: 'inferenceProfiler.openRun',
  compareRun: 'inferenceProfiler.compareRun',
  compareRuns: 'inferenceProfiler.compareRuns',
  renameRun: 'inferenceProfiler.renameRun',
  pinRun: 'inferenceProfiler.pinRun',
  unpinRun: 'inferenceProfiler.unpinRun',
  deleteRun: 'inferenceProfiler.deleteRun',
  exportRun: 'inferenceProfiler.exportRun',
  importReport: 'inferenceProfiler.importReport',
  exportReport: 'inferenceProfiler.exportReport',
  copyResult: 'inferenceProfiler.copyResult',
  copyMarkdown: 'inferenceProfiler.copyMarkdown',
  chooseFile: 'inferenceProfiler.chooseFile',
  refresh: 'inferenceProfiler.refresh',
  reveal: 'inferenceProfiler.reveal',
  copyGitLfsPull: 'inferenceProfiler.copyGitLfsPull',
  setRequestRate: 'inferenceProfiler.setRequestRate',
  refreshPrices: 'inferenceProfiler.refreshPrices',
  toggleHints: 'inferenceProfiler.toggleHints',
  hintAction: 'inferenceProfiler.hintAction',
  showModels: 'inferenceProfiler.showModels',
  showLog: 'inferenceProfiler.showLog',
} as const;

export type CommandName = keyof typeof COMMANDS;

export const VIEWS = { container: 'inferenceProfiler', models: 'inferenceProfiler.models' } as const;

/** Type of the panel, for its serializer and for `activeWebviewPanelId`. */
export const PANEL_TYPE = 'inferenceProfiler.report';

export const CONTEXT_KEYS = {
  /** The workspace has models, or the user asked for the view. */
  showModelsView: 'inferenceProfiler.showModelsView',
  /** A profile runs or waits in this window. */
  running: 'inferenceProfiler.running',
  /** The active panel has a measured report. */
  hasResult: 'inferenceProfiler.hasResult',
  /** The active panel has plans of a quantization that were measured. */
  hasPlans: 'inferenceProfiler.hasPlans',
} as const;

/** `contextValue` of tree items; package.json's `when` clauses look at them. */
export const ITEM_KINDS = {
  profilable: 'model.profilable',
  other: 'model.other',
  gitLfsPointer: 'model.gitLfsPointer',
  group: 'group',
  fact: 'fact',
  runs: 'runs',
  run: 'run',
  pinnedRun: 'run.pinned',
} as const;

export const SETTINGS_SECTION = 'inferenceProfiler';
export const SETTING_NAMES = [
  'threads',
  'provider',
  'optimization',
  'budgetSeconds',
  'memoryLimitMiB',
  'historyLimit',
  'historySizeMiB',
  'hints',
] as const;

export const WORKSPACE_FILE_NAME = 'inference-profiler.json';
