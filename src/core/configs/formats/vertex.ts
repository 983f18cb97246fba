import { emptyConfig, type ServingConfig } from '../servingConfig.js';
import { type ConfigNode, countAt, nodeAt, type TextRange, textAt } from '../tree/node.js';

/** A deployed model with dedicated resources, in a request body or in YAML for the command line. */
export function readVertex(document: ConfigNode): ServingConfig[] {
  const deployed = nodeAt(document, 'deployedModel');
  const list = nodeAt(document, 'deployedModels')?.items ?? [];
  const single = nodeAt(document, 'dedicatedResources') ? document : null;
  return [deployed, ...list, single].flatMap((node) =>
    node && nodeAt(node, 'dedicatedResources', 'machineSpec') ? [readDeployed(node, node.range)] : [],
  );
}

function readDeployed(node: ConfigNode, range: TextRange): ServingConfig {
  const resources = nodeAt(node, 'dedicatedResources');
  const model = textAt(node, 'model');
  const gpus = countAt(resources, 'machineSpec', 'acceleratorCount');
  return {
    ...emptyConfig('vertex', 'deployed model', range),
    name: textAt(node, 'displayName')?.value ?? null,
    service: 'vertex',
    unit: 'machines',
    floor: countAt(resources, 'minReplicaCount'),
    ceiling: countAt(resources, 'maxReplicaCount'),
    instance: textAt(resources, 'machineSpec', 'machineType'),
    accelerators: gpus && gpus.value > 0 ? gpus : null,
    models: model ? [model] : [],
  };
}
