import { emptyConfig, type ServingConfig } from '../servingConfig.js';
import { countAt, type Located, numberAt } from '../tree/node.js';
import { decoratorsOf, type PythonCall } from '../tree/python.js';
import { resourcesOf } from './bentoml.js';

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
