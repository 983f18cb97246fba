import { emptyConfig, type ServingConfig } from '../servingConfig.js';
import { type ConfigNode, countAt, itemsAt, nodeAt, readAt, textAt } from '../tree/node.js';
import { withPod } from './pods.js';
import { byteQuantity } from './quantities.js';

/** Core 2: the bill follows the Server, whose pods its Models share. Core 1: one config for each predictor. */
export function readSeldon(document: ConfigNode, text: string): ServingConfig[] {
  const version = textAt(document, 'apiVersion')?.value ?? '';
  const kind = textAt(document, 'kind')?.value ?? '';
  const spec = nodeAt(document, 'spec');
  const base: ServingConfig = {
    ...emptyConfig('seldon', kind, document.range),
    name: textAt(document, 'metadata', 'name')?.value ?? null,
    namespace: textAt(document, 'metadata', 'namespace')?.value ?? null,
  };
  const scaled = {
    count: countAt(spec, 'replicas'),
    floor: countAt(spec, 'minReplicas'),
    ceiling: countAt(spec, 'maxReplicas'),
  };
  if (version.startsWith('mlops.seldon.io/') && kind === 'Server')
    return [withPod({ ...base, ...scaled }, nodeAt(spec, 'podSpec'), text)];
  if (version.startsWith('mlops.seldon.io/') && kind === 'Model') {
    const address = textAt(spec, 'storageUri');
    const memory = readAt(spec, ['memory'], byteQuantity);
    return [{ ...base, ...scaled, unit: 'copies', memoryRequestBytes: memory, models: address ? [address] : [] }];
  }
  if (!version.startsWith('machinelearning.seldon.io/') || kind !== 'SeldonDeployment') return [];
  return itemsAt(spec, 'predictors').map((predictor) => {
    const address = textAt(predictor, 'graph', 'modelUri');
    const pod = nodeAt(itemsAt(predictor, 'componentSpecs')[0], 'spec');
    const filled = withPod({ ...base, range: predictor.range, count: countAt(predictor, 'replicas') }, pod, text);
    return { ...filled, models: address ? [address, ...filled.models] : filled.models };
  });
}
