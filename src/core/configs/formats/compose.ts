import { emptyConfig, type ServingConfig } from '../servingConfig.js';
import {
  byteSizeOf,
  type ConfigEntry,
  type ConfigNode,
  countAt,
  isOpen,
  itemsAt,
  nodeAt,
  numberOf,
  readAt,
  textAt,
} from '../tree/node.js';
import { isInterpolated } from '../tree/templates.js';
import { isInfrastructure } from './infrastructure.js';
import { modelFilesBelow } from './modelPaths.js';
import { vllmFlags, withVllm, wordsOf } from './vllm.js';

/** The services of a Compose file that serve something: with copies, limits, devices or a model. */
export function readCompose(document: ConfigNode, text: string): ServingConfig[] {
  const services = nodeAt(document, 'services');
  if (services?.kind !== 'map' || textAt(document, 'apiVersion')) return [];
  const looksLikeCompose = (service: ConfigNode): boolean =>
    service.entries.some(({ key }) => key === 'image' || key === 'build' || key === 'deploy' || key === 'extends');
  const serves = ({ value }: ConfigEntry): boolean =>
    looksLikeCompose(value) && !isInfrastructure(textAt(value, 'image')?.value);
  return services.entries.filter(serves).map((entry) => readService(entry, text));
}

const cpus = (text: string): number | null => {
  const value = numberOf(text);
  return value !== null && value >= 0 ? value : null;
};
const literalBytes = (text: string): number | null => (isInterpolated(text) ? null : byteSizeOf(text));

function readService({ key, range, value: service }: ConfigEntry, text: string): ServingConfig {
  const resources = nodeAt(service, 'deploy', 'resources');
  const devices = itemsAt(resources, 'reservations', 'devices');
  const config: ServingConfig = {
    ...emptyConfig('compose', 'service', range),
    name: key,
    unit: 'copies',
    count: countAt(service, 'deploy', 'replicas') ?? countAt(service, 'scale'),
    countOpen: isOpen(service, 'deploy', 'replicas') || isOpen(service, 'scale'),
    cpuRequest: readAt(resources, ['reservations', 'cpus'], cpus),
    cpuLimit: readAt(resources, ['limits', 'cpus'], cpus) ?? readAt(service, ['cpus'], cpus),
    memoryRequestBytes: readAt(resources, ['reservations', 'memory'], literalBytes),
    memoryLimitBytes:
      readAt(resources, ['limits', 'memory'], literalBytes) ?? readAt(service, ['mem_limit'], literalBytes),
    accelerators: devices.map((device) => countAt(device, 'count')).find((each) => each !== null) ?? null,
    threads: countAt(service, 'environment', 'OMP_NUM_THREADS'),
    models: ['environment', 'command', 'entrypoint', 'volumes'].flatMap((name) =>
      modelFilesBelow(nodeAt(service, name)),
    ),
  };
  const words = wordsOf(text, nodeAt(service, 'entrypoint'), nodeAt(service, 'command'));
  return withVllm(config, vllmFlags(words, textAt(service, 'image')?.value));
}
