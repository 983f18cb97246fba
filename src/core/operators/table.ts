import type { OperatorRule } from './rule.js';
import { attentionRules } from './rules/attention.js';
import { classicalRules } from './rules/classical.js';
import { contribRules } from './rules/contrib.js';
import { contribAttentionRules } from './rules/contribAttention.js';
import { controlFlowRules } from './rules/controlFlow.js';
import { convolutionRules } from './rules/convolution.js';
import { einsumRules } from './rules/einsum.js';
import { elementwiseRules } from './rules/elementwise.js';
import { indexingRules } from './rules/indexing.js';
import { lossRules } from './rules/loss.js';
import { matMulRules } from './rules/matmul.js';
import { moeRules } from './rules/moe.js';
import { movementRules } from './rules/movement.js';
import { normalizationRules } from './rules/normalization.js';
import { poolingRules } from './rules/pooling.js';
import { quantizationRules } from './rules/quantization.js';
import { randomRules } from './rules/random.js';
import { recurrentRules } from './rules/recurrent.js';
import { reductionRules } from './rules/reduction.js';
import { resamplingRules } from './rules/resampling.js';
import { sequenceRules } from './rules/sequences.js';
import { signalRules } from './rules/signal.js';
import { viewRules } from './rules/views.js';

/** Every operator that has a rule; one entry for each version in which the rule changes. */
export const operatorTable: readonly OperatorRule[] = [
  ...attentionRules,
  ...classicalRules,
  ...contribAttentionRules,
  ...contribRules,
  ...controlFlowRules,
  ...convolutionRules,
  ...einsumRules,
  ...elementwiseRules,
  ...indexingRules,
  ...lossRules,
  ...matMulRules,
  ...moeRules,
  ...movementRules,
  ...normalizationRules,
  ...poolingRules,
  ...quantizationRules,
  ...randomRules,
  ...recurrentRules,
  ...reductionRules,
  ...resamplingRules,
  ...sequenceRules,
  ...signalRules,
  ...viewRules,
];

/** The default domain may be spelled out. */
export const plainDomain = (domain: string): string => (domain === 'ai.onnx' ? '' : domain);

/** By domain, then by op type; newest first. */
const byDomain = new Map<string, Map<string, OperatorRule[]>>();
for (const rule of operatorTable) {
  const byOpType = byDomain.get(rule.domain) ?? new Map<string, OperatorRule[]>();
  byDomain.set(rule.domain, byOpType);
  const versions = byOpType.get(rule.opType) ?? [];
  versions.push(rule);
  versions.sort((a, b) => b.since - a.since);
  byOpType.set(rule.opType, versions);
}

/** The newest rule that is not newer than the imported opset; null without one. */
export function findRule(domain: string, opType: string, opset: number): OperatorRule | null {
  const versions = byDomain.get(plainDomain(domain))?.get(opType) ?? [];
  for (const rule of versions) if (rule.since <= opset) return rule;
  return null;
}
