/** What a layer computes from how many channels, in a few characters. */

import type { OperatorSummary } from '../../protocol/report.js';
import type { Text } from '../text/text.js';
import type { ScenarioIndex } from './scenarioIndex.js';

/** `3 × 3, 96 → 24`, `depthwise 3 × 3, 16`, `768 → 3072`; '' where the weights' shape is not known. */
export function layerShape(index: ScenarioIndex, operator: OperatorSummary, text: Text): string {
  const weights = index.tensors.get(operator.inputs[1] ?? '')?.shape ?? [];
  if (weights.length < 2) return '';
  const [first = 0, second = 0] = weights;
  switch (operator.opType) {
    case 'Gemm':
      return operator.attributes['transB'] === 1 ? `${second} → ${first}` : `${first} → ${second}`;
    case 'MatMul':
      return `${weights.at(-2)} → ${weights.at(-1)}`;
    case 'Conv':
      return convolution(weights, groupsOf(operator), text);
    case 'ConvTranspose':
      return window(weights, first, second * groupsOf(operator));
    default:
      return weights.join(' × ');
  }
}

const groupsOf = ({ attributes }: OperatorSummary): number => {
  const { group } = attributes;
  return typeof group === 'number' ? group : 1;
};

function convolution(weights: readonly number[], groups: number, text: Text): string {
  const [outputs = 0, each = 0] = weights;
  if (groups === 1 || each !== 1) return window(weights, each * groups, outputs);
  return text('page.quant.depthwise', { kernel: weights.slice(2).join(' × '), channels: outputs });
}

function window(weights: readonly number[], inputs: number, outputs: number): string {
  const kernel = weights.slice(2).join(' × ');
  return `${kernel}${kernel === '' ? '' : ', '}${inputs} → ${outputs}`;
}
