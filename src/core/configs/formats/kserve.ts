import { emptyConfig, type ServingConfig } from '../servingConfig.js';
import { type ConfigNode, countAt, nodeAt, numberAt, textAt } from '../tree/node.js';
import { withPod, withResources } from './pods.js';

const FRAMEWORKS = ['model', 'triton', 'onnx', 'pytorch', 'tensorflow', 'sklearn', 'xgboost', 'huggingface'];

/** An InferenceService: the predictor is the model's; transformer and explainer are other pods. */
export function readKServe(document: ConfigNode, text: string): ServingConfig | null {
  if (!textAt(document, 'apiVersion')?.value.startsWith('serving.kserve.io/')) return null;
  if (textAt(document, 'kind')?.value !== 'InferenceService') return null;
  const predictor = nodeAt(document, 'spec', 'predictor');
  const framework = FRAMEWORKS.map((name) => nodeAt(predictor, name)).find((each) => each !== null) ?? null;
  const maxBatch = countAt(predictor, 'batcher', 'maxBatchSize');
  const delay = numberAt(predictor, 'batcher', 'maxLatency');
  const base: ServingConfig = {
    ...emptyConfig('kserve', 'InferenceService', document.range),
    name: textAt(document, 'metadata', 'name')?.value ?? null,
    namespace: textAt(document, 'metadata', 'namespace')?.value ?? null,
    floor: countAt(predictor, 'minReplicas'),
    ceiling: countAt(predictor, 'maxReplicas'),
    batch: maxBatch,
    queueDelayNs: delay && { ...delay, value: delay.value * 1e6 },
  };
  const withPods = withPod(base, predictor, text);
  if (!framework) return withPods;
  const address = textAt(framework, 'storageUri') ?? textAt(framework, 'storage', 'path');
  const filled = withResources(withPods, framework, text);
  return { ...filled, models: address ? [address, ...filled.models] : filled.models };
}
