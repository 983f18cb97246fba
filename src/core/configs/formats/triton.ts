import { emptyConfig, type ServingConfig } from '../servingConfig.js';
import { type ConfigNode, countAt, entryAt, type Located, nodeAt, repeatedAt, textAt } from '../tree/node.js';

/** Fields that only a model configuration of Triton has at its top. */
const FIELDS = new Set([
  'max_batch_size',
  'instance_group',
  'dynamic_batching',
  'sequence_batching',
  'ensemble_scheduling',
  'version_policy',
  'default_model_filename',
  'model_warmup',
  'response_cache',
  'optimization',
  'platform',
  'backend',
]);

/** null where the message is not Triton's. */
export function readTriton(document: ConfigNode): ServingConfig | null {
  if (!document.entries.some(({ key }) => FIELDS.has(key))) return null;
  const groups = repeatedAt(document, 'instance_group');
  const name = textAt(document, 'name');
  const accelerators = nodeAt(document, 'optimization', 'execution_accelerators');
  return {
    ...emptyConfig('triton', 'model', document.range),
    name: name?.value ?? null,
    unit: 'copies',
    sessions: groups.map((group) => countAt(group, 'count')).find((each) => each !== null) ?? null,
    sessionsOnGpu: onGpu(groups),
    batch: countAt(document, 'max_batch_size'),
    queueDelayNs: delayOf(document),
    otherRuntimes: [
      ...repeatedAt(accelerators, 'gpu_execution_accelerator'),
      ...repeatedAt(accelerators, 'cpu_execution_accelerator'),
    ].flatMap((each) => acceleratorName(each)),
    models: [name, textAt(document, 'default_model_filename')].filter((each) => each !== null),
    modelBeside: true,
  };
}

function onGpu(groups: readonly ConfigNode[]): boolean | null {
  const kinds = groups.map((group) => textAt(group, 'kind')?.value);
  if (kinds.includes('KIND_GPU') || groups.some((group) => entryAt(group, 'gpus'))) return true;
  return kinds.includes('KIND_CPU') ? false : null;
}

function delayOf(document: ConfigNode): Located<number> | null {
  const delay = countAt(document, 'dynamic_batching', 'max_queue_delay_microseconds');
  return delay && { ...delay, value: delay.value * 1000 };
}

/** With its precision where it names one: `tensorrt FP16`. */
function acceleratorName(accelerator: ConfigNode): Located<string>[] {
  const name = textAt(accelerator, 'name');
  if (!name) return [];
  const parameters = repeatedAt(accelerator, 'parameters');
  const precision = parameters.find((each) => textAt(each, 'key')?.value === 'precision_mode');
  const value = textAt(precision, 'value')?.value;
  return [{ ...name, value: value === undefined ? name.value : `${name.value} ${value}` }];
}
