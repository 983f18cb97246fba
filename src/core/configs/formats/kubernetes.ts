import { emptyConfig, type ServingConfig } from '../servingConfig.js';
import { type ConfigNode, countAt, isOpen, itemsAt, type Located, nodeAt, textAt } from '../tree/node.js';
import { isInfrastructure } from './infrastructure.js';
import { withPod } from './pods.js';

const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'ReplicaSet', 'DaemonSet', 'Job', 'Pod', 'Rollout']);

/** A workload or an autoscaler; null for every other object. */
export function readKubernetes(document: ConfigNode, text: string): ServingConfig | null {
  const kind = textAt(document, 'kind')?.value ?? '';
  if (!textAt(document, 'apiVersion')) return null;
  const base: ServingConfig = {
    ...emptyConfig('kubernetes', kind, document.range),
    name: textAt(document, 'metadata', 'name')?.value ?? null,
    namespace: textAt(document, 'metadata', 'namespace')?.value ?? null,
  };
  if (kind === 'HorizontalPodAutoscaler') return readHpa(base, document);
  if (kind === 'ScaledObject') return readKeda(base, document);
  if (!WORKLOADS.has(kind)) return null;
  const spec = nodeAt(document, 'spec');
  const pod = kind === 'Pod' ? spec : nodeAt(spec, 'template', 'spec');
  const images = itemsAt(pod, 'containers').map((container) => textAt(container, 'image')?.value);
  if (images.length > 0 && images.every(isInfrastructure)) return null;
  const field = kind === 'Job' ? 'parallelism' : 'replicas';
  return withPod({ ...base, count: countAt(spec, field), countOpen: isOpen(spec, field) }, pod, text);
}

function readHpa(base: ServingConfig, document: ConfigNode): ServingConfig | null {
  const spec = nodeAt(document, 'spec');
  const name = textAt(spec, 'scaleTargetRef', 'name')?.value;
  if (name === undefined) return null;
  const metrics = itemsAt(spec, 'metrics').map((metric) => countAt(metric, 'resource', 'target', 'averageUtilization'));
  return {
    ...base,
    scales: { kind: textAt(spec, 'scaleTargetRef', 'kind')?.value ?? null, name },
    floor: countAt(spec, 'minReplicas'),
    ceiling: countAt(spec, 'maxReplicas'),
    targetShare: shareOf(metrics.find((each) => each !== null) ?? countAt(spec, 'targetCPUUtilizationPercentage')),
  };
}

function readKeda(base: ServingConfig, document: ConfigNode): ServingConfig | null {
  const spec = nodeAt(document, 'spec');
  const name = textAt(spec, 'scaleTargetRef', 'name')?.value;
  if (name === undefined) return null;
  return {
    ...base,
    scales: { kind: textAt(spec, 'scaleTargetRef', 'kind')?.value ?? null, name },
    floor: countAt(spec, 'minReplicaCount'),
    ceiling: countAt(spec, 'maxReplicaCount'),
  };
}

export const shareOf = (percent: Located<number> | null): Located<number> | null =>
  percent && percent.value > 0 && percent.value <= 100 ? { ...percent, value: percent.value / 100 } : null;
