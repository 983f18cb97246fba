import { emptyConfig, type ServingConfig } from '../servingConfig.js';
import {
  byteSizeOf,
  type ConfigNode,
  countAt,
  type Located,
  nodeAt,
  numberAt,
  quantityOf,
  readAt,
  textAt,
} from '../tree/node.js';
import { decoratorsOf, type PythonCall } from '../tree/python.js';

/** A deployment file of BentoCloud: services with their scaling. */
export function readBentoDeployment(document: ConfigNode): ServingConfig[] {
  const services = nodeAt(document, 'services');
  if (services?.kind !== 'map' || textAt(document, 'apiVersion')) return [];
  return services.entries
    .filter(({ value }) => value.entries.some(({ key }) => key === 'scaling' || key === 'config_overrides'))
    .map(({ key, range, value }) => ({
      ...emptyConfig('bentoml', 'service', range),
      name: key,
      unit: 'machines' as const,
      floor: countAt(value, 'scaling', 'min_replicas'),
      ceiling: countAt(value, 'scaling', 'max_replicas'),
      instance: textAt(value, 'instance_type'),
      ...resourcesOf(nodeAt(value, 'config_overrides') ?? value),
    }));
}

function resourcesOf(
  node: ConfigNode | null,
): Pick<ServingConfig, 'cpuRequest' | 'memoryRequestBytes' | 'accelerators'> {
  const gpus = numberAt(node, 'resources', 'gpu');
  return {
    cpuRequest: readAt(node, ['resources', 'cpu'], quantityOf),
    memoryRequestBytes: readAt(node, ['resources', 'memory'], (text) => quantityOf(text) ?? byteSizeOf(text)),
    accelerators: gpus && gpus.value > 0 ? gpus : null,
  };
}

/** `@bentoml.service(…)` with the batching of its methods. */
export function readBentoPython(text: string): ServingConfig[] {
  if (!text.includes('bentoml')) return [];
  const calls = decoratorsOf(text);
  return calls
    .filter(({ name }) => name === 'bentoml.service' || name === 'service')
    .map((call) => service(call, calls));
}

function service(call: PythonCall, calls: readonly PythonCall[]): ServingConfig {
  const next = calls.find((each) => each.range.start > call.range.start && each.name === call.name);
  const apis = calls.filter(
    ({ name, range }) =>
      /(^|\.)api$/.test(name) && range.start > call.range.start && range.start < (next?.range.start ?? Infinity),
  );
  const find = (key: string): Located<number> | null =>
    apis.map((api) => numberAt(api.arguments, key)).find((each) => each !== null) ?? null;
  const latency = find('max_latency_ms');
  return {
    ...emptyConfig('bentoml', 'service', call.range),
    name: call.target,
    unit: 'machines',
    ...resourcesOf(call.arguments),
    sessions: countAt(call.arguments, 'workers'),
    batch: find('max_batch_size'),
    queueDelayNs: latency && { ...latency, value: latency.value * 1e6 },
  };
}
