/** What feeds a model: declared inputs, arrays from files, and samples, which are arrays for its inputs at once. */

import type { InputSummary } from '../../../protocol/report.js';
import type { Message } from '../../../protocol/text.js';
import type { ModelGraph } from '../../model/graph.js';
import type { Feeds, TensorValue } from '../port.js';

/** An input that a run must be given, under one set of dimensions. */
export interface ModelInput {
  name: string;
  /** The runtime's name: 'float32', 'int64' … */
  dataType: string;
  shape: number[];
}

/** An array from a file. `name` is what the file calls it, '' where it has no names. */
export interface NamedTensor {
  name: string;
  /** For people: the file, and the array in it where there are several. */
  source: string;
  value: TensorValue;
}

/** Arrays by the input that they feed; and what should come out, where known. */
export interface Sample {
  /** For people: the folder or file that it is from. */
  folder: string;
  byInput: ReadonlyMap<string, NamedTensor>;
  /** In the outputs' order where they have no names. */
  expected: readonly NamedTensor[];
  /** Base name of the file that each row of the batch is from, where each has one of its own. */
  members?: readonly string[];
}

/** Samples under one set of dimensions; nothing is read before it is asked for. */
export interface BoundSamples {
  /** At least 1. */
  count: number;
  /** What was assumed, or left out. */
  warnings: readonly Message[];
  /** `index` below `count`. ExpectedError when a file is wrong. */
  read(index: number): Promise<Sample>;
}

/** What one request names: a file, or a folder of one of the kinds that can feed a model. */
export interface SampleSource {
  /** For people: the base name of its path. */
  label: string;
  /** The samples are files of their own: which one feeds an input is not worth telling. */
  many: boolean;
  /** Its first axis may count samples instead of the batch. */
  mayHoldMany?: boolean;
  /** Sizes of axes that the files fix, by input; null for an axis that they leave open. */
  fixedShapes(): Promise<ReadonlyMap<string, readonly (number | null)[]>>;
  bind(inputs: readonly ModelInput[]): Promise<BoundSamples>;
}

/** What a source is opened for. */
export interface SourceTarget {
  model: ModelGraph;
  /** Names of the inputs that must be fed, in order. */
  names: readonly string[];
  /** The input that the source was named for; null for all. */
  input: string | null;
}

export interface PreparedSample {
  feeds: Feeds;
  /** Outputs to check, in the outputs' order where they have no names. */
  expected: readonly NamedTensor[];
  folder: string;
  /** As in `Sample`. */
  members?: readonly string[];
}

/** Every sample that the files hold, of one model under one set of dimensions. */
export interface InputSet {
  /** 1 for synthetic data. */
  count: number;
  /** For people: 'photos (12 samples)'; '' for synthetic data. */
  label: string;
  /** No input is fed from a file. */
  synthetic: boolean;
  summaries: InputSummary[];
  warnings: readonly Message[];
  /** One of them; `index` from 0. ExpectedError when a file is wrong or does not fit. */
  sample(index: number): Promise<PreparedSample>;
}

/** The first samples of a set, held in memory: what a measurement runs on, one after the other. */
export interface PreparedInputs extends PreparedSample {
  /** At least one; the first is the one that stands above. */
  samples: readonly PreparedSample[];
  summaries: InputSummary[];
  warnings: readonly Message[];
}
