/** Inputs and outputs that callers of the model would notice. */

import type { TextCode } from '../../../format/text/catalogue.js';
import type { Dimension, ModelSummary, ValueSummary } from '../../../protocol/report.js';
import type { Message } from '../../../protocol/text.js';
import { shape } from '../../../format/units.js';

const MOST_LISTED = 50;

/** A symbol under another name is the same open dimension. */
export function contractChanges(base: ModelSummary, next: ModelSummary): Message[] {
  return [...changesOf(base.inputs, next.inputs, 'input'), ...changesOf(base.outputs, next.outputs, 'output')].slice(
    0,
    MOST_LISTED,
  );
}

function changesOf(base: readonly ValueSummary[], next: readonly ValueSummary[], kind: 'input' | 'output'): Message[] {
  const before = new Map(base.map((value) => [value.name, value]));
  const now = new Map(next.map((value) => [value.name, value]));
  const say = (code: TextCode, params: Record<string, string>): Message => ({ code, params });
  return [
    ...base.flatMap(({ name }) => (now.has(name) ? [] : [say(`compare.contract.${kind}Gone`, { name })])),
    ...next.flatMap((value) => {
      const { name } = value;
      const was = before.get(name);
      if (!was) return [say(`compare.contract.${kind}New`, { name })];
      const [one, other] = [describe(was), describe(value)];
      return one === other
        ? []
        : [say(`compare.contract.${kind}Changed`, { name, before: text(was), now: text(value) })];
    }),
  ];
}

const describe = ({ dataType, shape: dims }: ValueSummary): string =>
  JSON.stringify([dataType, dims?.map((dim: Dimension) => (typeof dim === 'number' ? dim : '?')) ?? null]);

const text = ({ dataType, shape: dims }: ValueSummary): string => `${dataType} ${shape(dims)}`;
