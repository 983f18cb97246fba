/** What the extension and the page say to each other: two unions, told apart by `type`. Types only. */

import type { Comparison } from './compare.js';
import type { OptimizationLevel, Report } from './report.js';
import type { CostAssumptions, CostSection } from './cost.js';
import type { PipelineSettings } from './settings.js';
import type { Message } from './text.js';
import type { PhaseProgress } from './worker.js';

export type ExportFormat = 'html' | 'markdown' | 'csv' | 'json' | 'trace';

/** Everything the page shows. The host sends it whole when the page is ready and whenever it becomes visible again. */
export interface PageState {
  /** panel: in the editor, with buttons. document: an exported file, nothing can be asked of a host. */
  surface: 'panel' | 'document';
  /** Translations by English text, as in `vscode.l10n.bundle`; null for English. */
  textBundle: Record<string, string> | null;
  model: PageModel;
  /** Static, draft or final; null while even the structure is unknown. */
  report: Report | null;
  /** Set while something runs or waits. */
  run: PageRun | null;
  /** Set after a failure, until the next run. */
  failure: PageFailure | null;
  /** What the next run would use; shown as chips. */
  choices: PageChoices;
  /** The model is being read for a run that was asked for; `choices` are the run's already. */
  starting?: boolean;
  /** Set when the file's content is not the one that was profiled. */
  stale: { lastRunSeconds: number | null } | null;
  /** What a run needs, from shapes; null when unknown. */
  needs: RunNeeds | null;
  /** The report against another one; absent until it was compared. */
  comparison?: Comparison | null;
  /** What it is compared with, without graph and kernels: how its figures were obtained. Beside `comparison` only. */
  comparedWith?: Report | null;
  /** About how long a trial of quantization takes; null or absent when unknown. */
  trialSeconds?: number | null;
  /** When the host last asked to show it; a newer time brings its view to the front. */
  comparedAt?: number;
  /** What serving costs under the present assumptions; null or absent where nothing was measured. */
  cost?: PageCost | null;
  /** What of it was asked for from elsewhere; a newer time brings the view to the front. */
  costAsked?: CostAsked | null;
  /** Kept runs of the model, newest first; absent in an exported page. */
  history?: HistoryRun[];
  /** The host's own word for this panel; the page hands it back in its saved state and never reads it. */
  panelKey?: string;
}

/** From a serving config, as it is written there. */
export interface CostAsked {
  /** Milliseconds of the epoch. */
  at: number;
  instance: string | null;
  /** Machines; null where only the machine is meant. */
  replicas: number | null;
}

export interface PageCost {
  section: CostSection;
  /** `PROVIDER REGION` of the price list. */
  regions: string[];
  /** Instances of the region that this machine could be. */
  instances: string[];
  /** Several calls at once were measured, not only single ones. */
  capacityMeasured: boolean;
  /** What one request is; null or absent where calls of the model are counted. */
  request?: PipelineSettings | null;
}

/** What the page keeps with `vscode.setState`; the host gets it back to restore a panel. `ui` is the page's own. */
export interface PageSavedState {
  panelKey: string | null;
  ui: unknown;
}

export interface HistoryRun {
  reportId: string;
  createdAt: string;
  name: string | null;
  medianNs: number | null;
  confidenceNs: [number, number] | null;
  commit: string | null;
  dirty: boolean;
  settings: string;
  machine: string;
  pinned: boolean;
  foreign: boolean;
  /** Of the shown report's settings, on its machine. */
  comparable: boolean;
  shown: boolean;
}

export interface PageModel {
  fileName: string;
  /** Where it is, for people: a path relative to the workspace, or an absolute one. */
  location: string;
  outsideWorkspace: boolean;
}

/**
 * profile: the report's figures. quantization: plans, built and measured. saveQuantized: one plan, written and checked.
 * pruning, alternatives: what the views of these names show.
 */
export type RunTask = 'profile' | 'quantization' | 'saveQuantized' | 'pruning' | 'alternatives' | 'capacity';

export interface PageRun {
  /** A profile where absent. */
  task?: RunTask;
  /** queued: another window or the command line is measuring; two measurements spoil each other. */
  state: 'queued' | 'running' | 'stopping';
  phases: PhaseProgress[];
  startedAt: string;
  elapsedMs: number;
  remainingMs: number | null;
}

export interface PageFailure {
  /** What failed; a profile where absent. */
  task?: RunTask;
  /** First sentence, bold. */
  message: Message;
  /** What it needs, what was not harmed. */
  details: Message[];
  remedies: PageRemedy[];
}

export type PageRemedy =
  | { type: 'profileWithMemory'; memoryLimitMiB: number }
  | { type: 'useDimensions'; dimensions: { name: string; value: number }[]; label: string }
  | { type: 'profileAgain' }
  | { type: 'inspectOnly' }
  | { type: 'tryQuantization' }
  | { type: 'changeDimension'; name: string }
  | { type: 'showLog' };

export interface PageChoices {
  dimensions: { name: string; value: number; assumed: boolean }[];
  provider: string;
  threads: number;
  optimization: OptimizationLevel;
  /** 'synthetic' or a file's name. */
  input: string;
  inputAssumed: boolean;
  seed: number;
  /** A file's name: true classes of the samples; null or absent where none were given. */
  labels?: string | null;
}

export interface RunNeeds {
  aboutSeconds: number;
  aboutBytes: number;
  freeBytes: number;
}

export type ToPage =
  | { type: 'state'; state: PageState }
  /** A newer report of the same run; replaces `state.report`. */
  | { type: 'report'; report: Report }
  | { type: 'run'; run: PageRun | null }
  /** Other assumptions, or other prices. */
  | { type: 'cost'; cost: PageCost | null };

/** Intents. The page never carries one out itself. */
export type FromPage =
  | { type: 'ready' }
  | { type: 'profile' }
  | { type: 'measureLonger'; budgetSeconds: number }
  | { type: 'inspectOnly' }
  | { type: 'tryQuantization' }
  /** Asks for samples of the user's own, then tries again. */
  | { type: 'chooseCalibrationInputs' }
  /** Asks for true classes of the samples; tries again where something was tried. */
  | { type: 'addLabels' }
  | { type: 'measurePruning' }
  /** Asks which files. */
  | { type: 'measureAlternatives' }
  /** Asks where to. */
  | { type: 'saveQuantized'; planId: string }
  | { type: 'stop' }
  | { type: 'cancel' }
  | { type: 'changeChip'; chip: 'dimension'; name: string }
  /** Several at once, then one new run. */
  | { type: 'changeDimensions'; values: { name: string; value: number }[] }
  | { type: 'changeChip'; chip: 'provider' | 'threads' | 'optimization' | 'input' }
  | { type: 'remedy'; remedy: PageRemedy }
  /** Only what changes. */
  | { type: 'changeAssumptions'; change: Partial<CostAssumptions> }
  | { type: 'measureCapacity' }
  /** Asks for a command, or a script, for another machine. */
  | { type: 'measureThere'; instance: string }
  /** A file with a measurement of another machine was dropped on the page; null: too large to be read. */
  | { type: 'measured'; name: string; text: string | null }
  | { type: 'shareAssumptions' }
  | { type: 'refreshPrices' }
  | { type: 'copy'; text: string }
  /** Without a format the host asks which. */
  | { type: 'export'; format: ExportFormat | null }
  | { type: 'copyMarkdown' }
  | { type: 'openReport' }
  | { type: 'openRun'; reportId: string }
  /** With what: a report to pick, the run before, the file at HEAD, the pinned baseline. */
  | { type: 'compare'; with: 'pick' | 'last' | 'head' | 'baseline' }
  | { type: 'showLog' }
  | { type: 'firstPaint'; atMs: number }
  | { type: 'pageError'; text: string };
