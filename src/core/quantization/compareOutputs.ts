/** What two models give on the same samples: error, same answers, and against labels how often each is right. */

import type { LabelledAccuracy, SameAnswers } from '../../protocol/quantization.js';
import { ExpectedError } from '../common/errors.js';
import type { RuntimeSession, TensorValue } from '../runtime/port.js';
import { type Accuracy, AccuracySum, classOutputOf } from './accuracy.js';
import type { SampleSet } from './calibrate.js';
import { holdsProbabilities, LabelledSum } from './labelledAccuracy.js';

export interface OutputComparison extends Accuracy {
  answers: SameAnswers | null;
  labelled: LabelledAccuracy | null;
  /** The output that holds the answers; null: none does. */
  classOutput: string | null;
}

/** @throws ExpectedError where labels do not fit what the model gives. */
export async function compareOutputs(
  float: RuntimeSession,
  candidate: RuntimeSession,
  samples: SampleSet,
  stopRequested: () => boolean,
): Promise<OutputComparison> {
  const names = float.outputs.map(({ name }) => name);
  let comparing: Comparing | null = null;
  for (let index = 0; index < samples.count && (index === 0 || !stopRequested()); index++) {
    const feeds = await samples.feeds(index);
    const reference = await float.evaluate(feeds);
    comparing ??= new Comparing(classOutputOf(reference, names), samples, reference);
    comparing.add(index, reference, await candidate.evaluate(feeds));
  }
  if (!comparing) throw new Error('no samples');
  return comparing.result();
}

type Outputs = Readonly<Record<string, TensorValue>>;

class Comparing {
  private readonly sum: AccuracySum;
  private readonly float = new LabelledSum();
  private readonly quantized = new LabelledSum();
  private readonly areProbabilities: boolean;

  constructor(
    private readonly classOutput: string | null,
    private readonly samples: SampleSet,
    first: Outputs,
  ) {
    this.sum = new AccuracySum(classOutput);
    const output = classOutput === null ? undefined : first[classOutput];
    if (samples.labels && output?.dims.length !== 2) throw new ExpectedError('input', 'quantization.labels.noOutput');
    this.areProbabilities = output !== undefined && holdsProbabilities(output);
  }

  add(index: number, reference: Outputs, candidate: Outputs): void {
    this.sum.add(reference, candidate);
    const { labels } = this.samples;
    const [float, quantized] = [reference, candidate].map((outputs) => outputs[this.classOutput ?? '']);
    if (!labels || !float || !quantized) return;
    const rows = labels.of(index, float.dims[0] ?? 1);
    this.float.add(float, rows, this.areProbabilities, labels.source);
    this.quantized.add(quantized, rows, this.areProbabilities, labels.source);
  }

  result(): OutputComparison {
    const accuracy = this.sum.result();
    const [float, quantized] = [this.float.result(), this.quantized.result()];
    const { labels } = this.samples;
    if (labels && !float) throw new ExpectedError('input', 'quantization.labels.noneFit', { file: labels.source });
    return {
      ...accuracy,
      answers: accuracy.agreement === null ? null : { same: accuracy.agreeing, items: accuracy.items },
      labelled: float &&
        quantized && {
          float: float.accuracy,
          quantized: quantized.accuracy,
          eceFloat: float.expectedCalibrationError,
          eceQuantized: quantized.expectedCalibrationError,
          samples: float.items,
        },
      classOutput: this.classOutput,
    };
  }
}
