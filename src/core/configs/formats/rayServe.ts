import { emptyConfig, type ServingConfig } from '../servingConfig.js';
import { type ConfigEntry, type ConfigNode, countAt, isOpen, itemsAt, nodeAt, numberAt, textAt } from '../tree/node.js';
import { modelFilesBelow } from './modelPaths.js';

/** A Ray Serve config, also inside a RayService object: one config for each deployment. */
export function readRayServe(document: ConfigNode): ServingConfig[] {
  const applications = itemsAt(document, 'applications');
  const looksLikeRay = (application: ConfigNode): boolean =>
    application.entries.some(({ key }) => key === 'import_path' || key === 'deployments' || key === 'route_prefix');
  return applications
    .filter(looksLikeRay)
    .flatMap((application) =>
      itemsAt(application, 'deployments').map((deployment) => readDeployment(deployment, application)),
    );
}

function readDeployment(deployment: ConfigNode, application: ConfigNode): ServingConfig {
  const scaling = nodeAt(deployment, 'autoscaling_config');
  return {
    ...emptyConfig('rayServe', 'deployment', deployment.range),
    name: textAt(deployment, 'name')?.value ?? null,
    count: countAt(deployment, 'num_replicas'),
    countOpen: isOpen(deployment, 'num_replicas'),
    floor: countAt(scaling, 'min_replicas'),
    ceiling: countAt(scaling, 'max_replicas'),
    cpuRequest: numberAt(deployment, 'ray_actor_options', 'num_cpus'),
    accelerators: positive(numberAt(deployment, 'ray_actor_options', 'num_gpus')),
    batch: countAt(deployment, 'user_config', 'max_batch_size'),
    models: [
      ...modelFilesBelow(nodeAt(deployment, 'user_config')),
      ...modelFilesBelow(nodeAt(application, 'args')),
      ...modelFilesBelow(nodeAt(application, 'runtime_env')),
    ],
  };
}

const positive = (number: ServingConfig['accelerators']): ServingConfig['accelerators'] =>
  number && number.value > 0 ? number : null;

/** A RayService of Kubernetes holds the same config as a block of text. */
export const rayServiceText = (document: ConfigNode): ConfigEntry | null =>
  textAt(document, 'kind')?.value === 'RayService'
    ? (nodeAt(document, 'spec')?.entries.find(({ key }) => key === 'serveConfigV2') ?? null)
    : null;
