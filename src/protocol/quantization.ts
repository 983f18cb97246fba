/** What the Report holds of quantization, pruning and other models. Units as in `report.ts`. */

import type { Message } from './text.js';

export interface CalibrationSummary {
  method: string;
  samples: number;
  /** Other samples, by which the plans were judged. */
  judgementSamples?: number;
  source: string;
  synthetic: boolean;
}

export interface QuantizationTrial {
  method: string;
  floatNs: number | null;
  /** With its conversions from and to floats. */
  candidateNs: number | null;
  /** Without them: between layers that are all in integers. */
  kernelNs?: number | null;
  /** At the model's outputs, this layer alone quantized. */
  sqnrDb: number | null;
  cosine: number | null;
  /** At the layer's own output; null where that is not known, or is nearly zero. */
  layerSqnrDb?: number | null;
  layerCosine?: number | null;
}

export interface QuantizationLayer {
  operatorId: string;
  trials: QuantizationTrial[];
  verdict: 'quantize' | 'keepFloat' | 'notSupported';
  reason: Message;
  /** What it gives is nearly zero on the samples: no ratio to it was taken. */
  nearlyZero?: boolean;
}

/** How often the largest class is the same as the float model's. An item is a sample, or a position of a sequence. */
export interface SameAnswers {
  same: number;
  items: number;
}

/** Against labels. The expected calibration error has 15 bins of equal width over the confidence; shares of 1. */
export interface LabelledAccuracy {
  float: number;
  quantized: number;
  eceFloat: number;
  eceQuantized: number;
  samples: number;
}

export interface QuantizationPlan {
  id: string;
  method: string;
  assignments: { operatorId: string; method: string }[];
  predicted: { speedup: number; sqnrDb: number | null };
  measured: {
    medianNs: number;
    /** Of the float model, run in turn with it. */
    floatNs?: number;
    speedup: number;
    speedupInterval: [number, number];
    sqnrDb: number | null;
    cosine: number | null;
    agreement: number | null;
    /** What `agreement` is the share of; null or absent where it is null. */
    answers?: SameAnswers | null;
    /** null or absent without labels. */
    accuracy?: LabelledAccuracy | null;
    fileBytes: number;
    /** As `Memory.peakResidentBytes`, of a fresh process with this plan's model. */
    peakResidentBytes?: number | null;
    /** Why `peakResidentBytes` is null. */
    peakResidentReason?: Message | null;
  } | null;
  /** Why `measured` is null. */
  failure?: Message | null;
}

/** How and when it was tried. */
export interface TrialConditions {
  /** ISO 8601, UTC. */
  measuredAt: string;
  seconds: number;
  /** The command line that repeats it. */
  command: string;
  /** 0 where the runtime's default was taken. */
  threads: number;
  budgetSeconds: number;
  /** Accuracy that a recommended plan had to keep. */
  targetSqnrDb: number;
}

export interface QuantizationSection {
  scenarioId: string;
  /** Absent in reports of earlier versions. */
  trial?: TrialConditions;
  calibration: CalibrationSummary;
  /** The model as it is, measured like the plans. */
  float?: { fileBytes: number; peakResidentBytes: number | null };
  /** Of the file that was given; `used`: of the samples that judged. */
  labels?: { source: string; used: number; output: string } | null;
  layers: QuantizationLayer[];
  plans: QuantizationPlan[];
  recommended: string | null;
  /** Empty where nothing but pruning was looked at. */
  explanation: Message[];
  /** null or absent: not looked at. */
  pruning?: PruningSection | null;
}

/** Time only: accuracy after pruning is unknown. */
export interface PruningSection {
  layers: PruningLayer[];
  /** Of all layers together: what this runtime makes of zeros that stand anywhere, and other words. */
  explanation: Message[];
}

export interface PruningLayer {
  operatorId: string;
  elements: number;
  /** Exactly 0; and within a thousandth of the layer's largest weight, zeros included. Shares of `elements`. */
  zeroShare: number;
  nearZeroShare: number;
  /** Output channels and their L2 norms. */
  channels: number;
  channelNorms: { min: number; median: number; max: number };
  /** The quarter of the channels with the smallest norms removed, measured in a layer of the smaller shape. */
  removal: { channels: number; normShare: number; floatNs: number; prunedNs: number } | null;
  /** Why `removal` is null; else what must be known with it, such as other layers that lose channels too. */
  reason: Message | null;
}

/** Models that take and give the same, run in turn with the model on the same inputs. */
export interface AlternativeModel {
  /** As the user named it. */
  path: string;
  fileBytes: number;
  parameterCount: number;
  measured: {
    medianNs: number;
    /** Of the model itself, run in turn with it. */
    modelNs: number;
    speedup: number;
    speedupInterval: [number, number];
    /** Of the outputs, against the model's; null on synthetic inputs. */
    cosine: number | null;
    agreement: number | null;
    answers: SameAnswers | null;
    /** Against labels, the model's and this one's. */
    accuracy: { model: number; alternative: number; samples: number } | null;
  } | null;
  /** Why it was not measured. */
  reason: Message | null;
}

export interface AlternativesSection {
  scenarioId: string;
  /** Of the model itself. */
  fileBytes: number;
  parameterCount: number;
  medianNs: number | null;
  models: AlternativeModel[];
}
