import { emptyConfig, type ServingConfig } from '../servingConfig.js';
import { byteSizeOf, type ConfigNode, countAt, nodeAt, numberAt, quantityOf, readAt, textAt } from '../tree/node.js';

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

/** What one copy asks for, in the file as in the decorator. */
export function resourcesOf(
  node: ConfigNode | null,
): Pick<ServingConfig, 'cpuRequest' | 'memoryRequestBytes' | 'accelerators'> {
  const gpus = numberAt(node, 'resources', 'gpu');
  return {
    cpuRequest: readAt(node, ['resources', 'cpu'], quantityOf),
    memoryRequestBytes: readAt(node, ['resources', 'memory'], (text) => quantityOf(text) ?? byteSizeOf(text)),
    accelerators: gpus && gpus.value > 0 ? gpus : null,
  };
}
