/** A pod's spec, as Kubernetes and everything on top of it writes it. */

import type { ServingConfig } from '../servingConfig.js';
import { byteQuantity, cpuQuantity } from './quantities.js';
import { type ConfigNode, countAt, entryAt, itemsAt, type Located, nodeAt, readAt, textAt } from '../tree/node.js';
import { modelFilesBelow } from './modelPaths.js';
import { vllmFlags, withVllm, wordsOf } from './vllm.js';

const INSTANCE_LABELS = [
  'node.kubernetes.io/instance-type',
  'beta.kubernetes.io/instance-type',
  'eks.amazonaws.com/instance-type',
  'cloud.google.com/machine-type',
];
const REGION_LABELS = ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'];
const GPU_RESOURCES = ['nvidia.com/gpu', 'amd.com/gpu', 'aws.amazon.com/neuron', 'habana.ai/gaudi'];
const THREAD_VARIABLES = ['OMP_NUM_THREADS', 'ORT_NUM_THREADS', 'INTRA_OP_NUM_THREADS', 'ORT_INTRA_OP_NUM_THREADS'];

/** Fills in what the pod says; `text` is the file. */
export function withPod(config: ServingConfig, pod: ConfigNode | null, text: string): ServingConfig {
  const containers = itemsAt(pod, 'containers');
  const main = mainContainer(containers);
  const withContainer = main ? withResources(config, main, text) : config;
  const others = containers.filter((container) => container !== main);
  return {
    ...withContainer,
    instance: config.instance ?? instanceOf(pod),
    region: config.region ?? labelValue(pod, REGION_LABELS)?.value ?? null,
    sidecars: {
      cpu: sumOf(others, (each) => requestOf(each, 'cpu', cpuQuantity)?.value),
      memoryBytes: sumOf(others, (each) => requestOf(each, 'memory', byteQuantity)?.value),
    },
    models: [...withContainer.models, ...modelFilesBelow(nodeAt(pod, 'initContainers'))],
  };
}

/** One container, or whatever has `resources`, `env`, `args` and `image` as a container has. */
export function withResources(config: ServingConfig, container: ConfigNode, text: string): ServingConfig {
  const filled: ServingConfig = {
    ...config,
    cpuRequest: requestOf(container, 'cpu', cpuQuantity),
    cpuLimit: readAt(container, ['resources', 'limits', 'cpu'], cpuQuantity),
    memoryRequestBytes: requestOf(container, 'memory', byteQuantity),
    memoryLimitBytes: readAt(container, ['resources', 'limits', 'memory'], byteQuantity),
    accelerators: gpusOf(container),
    threads: threadsOf(container) ?? config.threads,
    models: [
      ...config.models,
      ...modelFilesBelow(nodeAt(container, 'env')),
      ...modelFilesBelow(nodeAt(container, 'args')),
      ...modelFilesBelow(nodeAt(container, 'command')),
    ],
  };
  const words = wordsOf(text, nodeAt(container, 'command'), nodeAt(container, 'args'));
  return withVllm(filled, vllmFlags(words, textAt(container, 'image')?.value));
}

/** The one that serves: with a GPU, else with a model, else the first. */
const mainContainer = (containers: readonly ConfigNode[]): ConfigNode | null =>
  containers.find((each) => gpusOf(each) !== null) ??
  containers.find((each) => modelFilesBelow(each).length > 0) ??
  containers[0] ??
  null;

/** What the scheduler reserves: the request, else the limit. */
function requestOf(container: ConfigNode, name: string, read: (text: string) => number | null): Located<number> | null {
  return (
    readAt(container, ['resources', 'requests', name], read) ?? readAt(container, ['resources', 'limits', name], read)
  );
}

function gpusOf(container: ConfigNode): Located<number> | null {
  for (const place of ['limits', 'requests'])
    for (const name of GPU_RESOURCES) {
      const found = countAt(container, 'resources', place, name);
      if (found && found.value > 0) return found;
    }
  return null;
}

function threadsOf(container: ConfigNode): Located<number> | null {
  const variable = itemsAt(container, 'env').find((each) =>
    THREAD_VARIABLES.includes(textAt(each, 'name')?.value ?? ''),
  );
  const found = countAt(variable, 'value');
  return found && found.value > 0 ? found : null;
}

const labelValue = (pod: ConfigNode | null, names: readonly string[]): Located<string> | null => {
  for (const name of names) {
    const found = textAt(pod, 'nodeSelector', name);
    if (found) return found;
  }
  return null;
};

function instanceOf(pod: ConfigNode | null): Located<string> | null {
  return labelValue(pod, INSTANCE_LABELS) ?? affinityInstance(pod);
}

/** Where an affinity names exactly one. */
function affinityInstance(pod: ConfigNode | null): Located<string> | null {
  const terms = itemsAt(
    pod,
    'affinity',
    'nodeAffinity',
    'requiredDuringSchedulingIgnoredDuringExecution',
    'nodeSelectorTerms',
  );
  const expressions = terms.flatMap((term) => itemsAt(term, 'matchExpressions'));
  const found = expressions.find((each) => INSTANCE_LABELS.includes(textAt(each, 'key')?.value ?? ''));
  const values = entryAt(found, 'values');
  const [only, more] = values?.value.items ?? [];
  if (!values || !only?.value || more || textAt(found, 'operator')?.value !== 'In') return null;
  return { value: only.value, range: only.range, field: values.range };
}

const sumOf = (nodes: readonly ConfigNode[], read: (node: ConfigNode) => number | undefined): number =>
  nodes.reduce((sum, node) => sum + (read(node) ?? 0), 0);
