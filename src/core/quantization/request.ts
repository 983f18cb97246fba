/** What the quantization experiment takes and gives. */

import type { QuantizationPlan, QuantizationSection } from '../../protocol/report.js';
import type { PhaseProgress, QuantizeSettings } from '../../protocol/worker.js';
import type { ModelGraph } from '../model/graph.js';
import type { LoadGauge } from '../runtime/gauge.js';
import type { InputSet } from '../runtime/inputs/types.js';
import type { SessionOptions } from '../runtime/port.js';
import type { SampleLabels } from './calibrate.js';
import type { Preprocessed } from './preprocess.js';
import type { ReadSample, SplitSamples } from './samples.js';

export interface ExperimentRequest {
  /** Local functions inlined; operator ids refer to it. */
  model: ModelGraph;
  fileBytes: number;
  scenarioId: string;
  settings: QuantizeSettings;
  conditions: Pick<SessionOptions, 'threads' | 'optimization'>;
  budgetSeconds: number;
  /** As in `Environment.simd`. */
  simd: readonly string[];
  inputs: Pick<InputSet, 'label' | 'synthetic'>;
  sampleCount: number;
  readSample: ReadSample;
  /** True classes of the samples; null: none are known. */
  labels: SampleLabels | null;
}

export interface ExperimentContext {
  now: () => number;
  stopRequested: () => boolean;
  gauge: LoadGauge;
  progress: (progress: PhaseProgress) => void;
  warn: (text: string) => void;
  /** Of each plan that was measured, its model with the file's own names. */
  keep?: (planId: string, model: ModelGraph) => void;
}

/** A plan of the section, ready to be written. */
export interface BuiltPlan {
  plan: QuantizationPlan;
  model: ModelGraph;
}

export interface ExperimentResult {
  section: QuantizationSection;
  preprocessed: Preprocessed;
  splits: SplitSamples;
  /** The recommended plan, else the fastest that was measured; null: none. */
  best: BuiltPlan | null;
}
