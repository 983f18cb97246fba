import { emptyConfig, type ServingConfig } from '../servingConfig.js';
import { type ConfigNode, countAt, isOpen, nodeAt, textAt } from '../tree/node.js';
import { shareOf } from './kubernetes.js';
import { modelFilesBelow } from './modelPaths.js';
import { withResources } from './pods.js';

/** A deployment of an online endpoint, managed or on Kubernetes; told by its fields, the schema line being optional. */
export function readAzureMl(document: ConfigNode, text: string): ServingConfig | null {
  const schema = textAt(document, '$schema')?.value ?? '';
  if (!isDeployment(document, schema)) return null;
  const onKubernetes = /kubernetes/i.test(schema) || textAt(document, 'type')?.value === 'kubernetes';
  const scale = nodeAt(document, 'scale_settings');
  const scales = textAt(scale, 'type')?.value === 'target_utilization';
  const base: ServingConfig = {
    ...emptyConfig('azureMl', 'online deployment', document.range),
    name: textAt(document, 'name')?.value ?? null,
    service: onKubernetes ? 'vm' : 'azureml',
    unit: onKubernetes ? 'pods' : 'machines',
    count: countAt(document, 'instance_count'),
    countOpen: isOpen(document, 'instance_count'),
    floor: scales ? countAt(scale, 'min_instances') : null,
    ceiling: scales ? countAt(scale, 'max_instances') : null,
    targetShare: scales ? shareOf(countAt(scale, 'target_utilization_percentage')) : null,
    instance: textAt(document, 'instance_type'),
    models: modelsOf(document),
  };
  return onKubernetes ? withResources(base, document, text) : base;
}

const isDeployment = (document: ConfigNode, schema: string): boolean =>
  /(managed|kubernetes)onlinedeployment/i.test(schema) ||
  (textAt(document, 'endpoint_name') !== null && nodeAt(document, 'model') !== null);

function modelsOf(document: ConfigNode): ServingConfig['models'] {
  const model = textAt(document, 'model', 'path') ?? textAt(document, 'model');
  return [...(model ? [model] : []), ...modelFilesBelow(nodeAt(document, 'environment_variables'))];
}
