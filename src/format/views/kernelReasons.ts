/** Why a kernel takes its time, as far as facts in the report tell it, and what a user can do about it. */

import type { Kernel, OperatorSummary } from '../../protocol/report.js';
import type { Text } from '../text/text.js';
import { duration, integer, percent } from '../units.js';
import { layoutNeighbour } from './layoutNeighbour.js';
import { richText, type RichText } from './richText.js';
import { mainOperator, operatorName, type ScenarioIndex } from './scenarioIndex.js';
import { plainName, shortenMiddle } from './names.js';

const LONGEST_NAME = 60;

/** Below it the padding explains nothing. */
const LEAST_PADDING = 0.1;

/** One sentence for each reason that holds, the most telling first. */
export function kernelReasons(index: ScenarioIndex, kernel: Kernel, text: Text): RichText[] {
  const operator = mainOperator(index, kernel);
  const reasons = [
    layoutReason(index, kernel, text),
    operator && paddingReason(index, kernel, operator, text),
    operator && depthwiseReason(kernel, operator, text),
    oneRowReason(kernel, text),
    overheadReason(index, kernel, text),
  ];
  return reasons.filter((reason) => reason !== null);
}

function layoutReason(index: ScenarioIndex, kernel: Kernel, text: Text): RichText | null {
  if (kernel.kind === 'copy') return richText(text, 'page.detail.copy');
  if (kernel.kind !== 'layout') return null;
  const neighbour = layoutNeighbour(index, kernel);
  if (!neighbour) return richText(text, 'page.detail.layout');
  const operator = mainOperator(index, neighbour.kernel);
  const name = operator ? operatorName(index, operator) : neighbour.kernel.name;
  return richText(text, `page.reason.layout.${neighbour.side}`, {
    opType: neighbour.kernel.opType,
    name: shortenMiddle(plainName(name), LONGEST_NAME),
  });
}

const isConvolution = (kernel: Kernel): boolean => /Conv/.test(kernel.opType);

/** Channels that the runtime computes beyond those of the file's tensor: it fills blocks of its SIMD width. */
function paddingReason(index: ScenarioIndex, kernel: Kernel, operator: OperatorSummary, text: Text): RichText | null {
  if (!isConvolution(kernel)) return null;
  const declared = index.tensors.get(operator.outputs[0] ?? '')?.shape;
  const channels = declared?.[1];
  const computed = kernel.outputShapes[0]?.[1];
  if (channels === undefined || computed === undefined || declared?.length !== kernel.outputShapes[0]?.length)
    return null;
  const padding = 1 - channels / computed;
  if (!(channels > 0) || padding < LEAST_PADDING) return null;
  return richText(text, 'page.reason.padding', {
    channels: integer(channels),
    computed: integer(computed),
    share: percent(padding),
  });
}

function depthwiseReason(kernel: Kernel, operator: OperatorSummary, text: Text): RichText | null {
  const group = operator.attributes['group'];
  const channels = kernel.inputShapes[0]?.[1];
  if (!isConvolution(kernel) || typeof group !== 'number' || group < 2 || channels === undefined) return null;
  // Padded channels count in what the runtime ran, not in the file's groups.
  if (group * 2 <= channels) return null;
  return richText(text, 'page.reason.depthwise', { channels: integer(group) });
}

/** A matrix that one row goes through is read whole for that row. */
function oneRowReason(kernel: Kernel, text: Text): RichText | null {
  if (!/MatMul|Gemm|Gemv/.test(kernel.opType) || kernel.bound === 'compute' || kernel.bound === 'overhead') return null;
  const output = kernel.outputShapes[0] ?? [];
  const matrix = kernel.inputShapes[1] ?? [];
  const rows = output.slice(0, -1).reduce((product, size) => product * size, 1);
  if (output.length === 0 || rows !== 1 || matrix.length < 2 || Math.min(...matrix.slice(-2)) < 2) return null;
  return richText(text, 'page.reason.oneRow');
}

/** What recording costs is taken off each time: where both are of one size, little is known of the time. */
function overheadReason(index: ScenarioIndex, kernel: Kernel, text: Text): RichText | null {
  const { overhead } = index.scenario;
  const calls = Math.max(1, kernel.callsPerRun);
  if (!kernel.trusted)
    return overhead && overhead.eventCostNs !== null
      ? richText(text, 'page.reason.untrusted', {
          cost: duration(overhead.eventCostNs * calls),
          time: duration(kernel.selfTimeNs),
        })
      : richText(text, 'page.detail.untrusted');
  if (kernel.errorNs >= kernel.selfTimeNs)
    return richText(text, 'page.reason.unsure', { error: duration(kernel.errorNs), time: duration(kernel.selfTimeNs) });
  return null;
}
