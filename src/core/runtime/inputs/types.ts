/** What feeds a model: declared inputs, arrays from files, and samples, which are arrays for all inputs at once. */

import type { InputSummary } from '../../../protocol/report.js';
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

/** Arrays for the model's inputs, in their order where they have no names; and what should come out, where known. */
export interface Sample {
  folder: string;
  inputs: NamedTensor[];
  expected: NamedTensor[];
}

/** A kind of folder that can feed a model. Folders of images or of text are further kinds. */
export interface SampleReader {
  /** By the names in the folder. */
  accepts(entries: readonly string[]): boolean;
  /** At most `limit` samples. ExpectedError when a file is wrong. */
  read(folder: string, entries: readonly string[], limit: number): Promise<Sample[]>;
}

export interface PreparedInputs {
  feeds: Feeds;
  summaries: InputSummary[];
  /** Outputs to check, in the outputs' order where they have no names. */
  expected: NamedTensor[];
  folder: string;
}
