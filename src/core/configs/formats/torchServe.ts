import { emptyConfig, type ServingConfig } from '../servingConfig.js';
import { type ConfigNode, countAt, nodeAt, numberAt, textAt } from '../tree/node.js';

const FIELDS = new Set([
  'inference_address',
  'management_address',
  'default_workers_per_model',
  'model_store',
  'load_models',
  'models',
  'number_of_gpu',
  'job_queue_size',
]);

/** TorchServe's settings: one config for each version of each model, or one for the defaults. */
export function readTorchServe(document: ConfigNode): ServingConfig[] {
  if (!document.entries.some(({ key }) => FIELDS.has(key))) return [];
  const workers = countAt(document, 'default_workers_per_model');
  const gpus = countAt(document, 'number_of_gpu');
  const common: ServingConfig = {
    ...emptyConfig('torchServe', 'model', document.range),
    unit: 'copies',
    sessions: workers,
    sessionsOnGpu: gpus ? gpus.value > 0 : null,
    accelerators: gpus && gpus.value > 0 ? gpus : null,
  };
  const models = nodeAt(document, 'models')?.entries ?? [];
  const versions = models.flatMap(({ key, value }) =>
    value.entries.map(({ value: version, range }) => ({ name: key, version, range })),
  );
  if (versions.length === 0) return [common];
  return versions.map(({ name, version, range }) => {
    const delay = numberAt(version, 'maxBatchDelay');
    const archive = textAt(version, 'marName');
    return {
      ...common,
      name,
      range,
      floor: countAt(version, 'minWorkers'),
      ceiling: countAt(version, 'maxWorkers'),
      sessions: countAt(version, 'maxWorkers') ?? workers,
      batch: countAt(version, 'batchSize'),
      queueDelayNs: delay && { ...delay, value: delay.value * 1e6 },
      models: archive ? [archive] : [],
    };
  });
}
