import type { QuantizationPlan, QuantizationSection, Report } from '../../protocol/report.js';
import type { QuantizeSettings, RunOptions } from '../../protocol/worker.js';
import { quoted } from '../../core/report/command.js';
import { command, type NextRun } from './choices.js';
import type { TrialRequest } from './engine.js';

/** As on the command line. */
export const TRIAL_SETTINGS: QuantizeSettings = {
  calibration: 'minMax',
  targetSqnrDb: 20,
  method: null,
  plan: null,
  mostSamples: 64,
};

/** For a plan that is built again: it was measured before. */
const SAVE_BUDGET_SECONDS = 1;

/** A trial with what the next run would use, on the CPU: other providers cannot be compared. */
export const trialRequest = (next: NextRun): TrialRequest => requestOf(next, {});

/** What the weights hold and what fewer channels would save; nothing is quantized. */
export const pruningRequest = (next: NextRun): TrialRequest =>
  requestOf({ ...next, labels: null }, { only: 'pruning', pruning: true });

/** Other models, in turn with this one. @param alternatives absolute paths */
export const alternativesRequest = (next: NextRun, alternatives: string[]): TrialRequest =>
  requestOf(next, { only: 'alternatives', alternatives });

function requestOf({ labels = null, ...next }: NextRun, changes: Partial<QuantizeSettings>): TrialRequest {
  const options = onCpu(next);
  const words = [options.command, ...flagsOf(labels, changes)];
  return {
    options: { ...options, command: words.join(' ') },
    settings: { ...TRIAL_SETTINGS, labels, ...changes },
    output: null,
  };
}

/** The command line has them beside a trial. A name that has no safe way to be written is left out. */
function flagsOf(labels: string | null, { pruning, alternatives }: Partial<QuantizeSettings>): string[] {
  const named = (flag: string, file: string): string[] => {
    const word = quoted(file);
    return word === null ? [] : [flag, word];
  };
  return [
    ...(labels === null ? [] : named('--labels', labels)),
    ...(pruning === true ? ['--pruning'] : []),
    ...(alternatives ?? []).flatMap((file) => named('--alternatives', file)),
  ];
}

/** The writing of one plan. The dialog has asked before an existing file is replaced: `overwrite`. */
export function saveRequest(
  options: RunOptions,
  plan: QuantizationPlan,
  scenarioId: string,
  output: { path: string; overwrite: boolean },
): TrialRequest {
  const operatorIds = plan.assignments.map(({ operatorId }) => operatorId);
  return {
    options: { ...onCpu(options), budgetSeconds: SAVE_BUDGET_SECONDS },
    settings: { ...TRIAL_SETTINGS, plan: { method: plan.method, operatorIds, scenarioId } },
    output,
  };
}

function onCpu(options: RunOptions): RunOptions {
  const cpu = { ...options, provider: 'cpu' };
  return { ...cpu, command: command(cpu, 'quantize') };
}

const LAYER_TYPES: readonly string[] = ['Conv', 'Gemm', 'MatMul'];
/** To build a layer alone, in float and in int8, and to time both. */
const SECONDS_A_LAYER = 0.07;
/** To load and to simplify the model. */
const SECONDS_TO_BEGIN = 1;
/** Runs of the whole model, for each layer on samples of the user's own. */
const RUNS_A_LAYER = 6;

/** About how long a trial takes: as the last one took, else by its layers; null where nothing can be tried. */
export function trialSeconds(report: Report | null, options: RunOptions | null): number | null {
  if (!report || !options) return null;
  const last = report.quantization.find(({ explanation }) => explanation.length > 0);
  if (last?.trial && last.calibration.synthetic === (options.inputs.length === 0)) return last.trial.seconds;
  const layers = report.operators.filter(({ opType }) => LAYER_TYPES.includes(opType)).length;
  if (layers === 0) return null;
  const runSeconds = (report.scenarios[0]?.latency?.medianNs ?? 0) / 1e9;
  const sensitivity = options.inputs.length > 0 ? layers * RUNS_A_LAYER * runSeconds : 0;
  return SECONDS_TO_BEGIN + options.budgetSeconds + layers * SECONDS_A_LAYER + sensitivity;
}

/** The plan that is recommended; without one null. */
export const recommendedPlan = (section: QuantizationSection): QuantizationPlan | null =>
  section.plans.find(({ id }) => id === section.recommended) ?? null;
