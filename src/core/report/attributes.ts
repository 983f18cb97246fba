import type { AttributeSummary } from '../../protocol/report.js';
import { dataTypeName } from '../model/dataTypes.js';
import type { Attribute, TensorRef } from '../model/graph.js';

const LONGEST_LIST = 32;
const LONGEST_TEXT = 200;
/** Most operators have none. */
const NO_ATTRIBUTES: Record<string, AttributeSummary> = Object.freeze({});
const PLAIN = { configurable: true, enumerable: true, writable: true };

/** Small attributes by value; long ones shortened, tensors and graphs described: `float32 [64, 3, 7, 7]`. */
export function summarizeAttributes(attributes: readonly Attribute[]): Record<string, AttributeSummary> {
  if (attributes.length === 0) return NO_ATTRIBUTES;
  const summaries: Record<string, AttributeSummary> = {};
  for (const attribute of attributes) {
    const { name } = attribute;
    const value = summarize(attribute);
    // A plain key like any other, where assigning would set the object's prototype.
    if (name === '__proto__') Object.defineProperty(summaries, name, { value, ...PLAIN });
    else summaries[name] = value;
  }
  return summaries;
}

function summarize(attribute: Attribute): AttributeSummary {
  switch (attribute.type) {
    case 'float':
      return finite(attribute.value);
    case 'int':
      return attribute.value;
    case 'string':
      return shortened(attribute.value);
    case 'floats':
      return list(attribute.value.map(finite));
    case 'ints':
      return list(attribute.value);
    case 'strings':
      return list(attribute.value.map(shortened));
    case 'tensor':
      return describeTensor(attribute.value);
    case 'tensors':
      return list(attribute.value.map(describeTensor));
    case 'graph':
      return `graph, ${attribute.value.nodes.length} nodes`;
    case 'graphs':
      return list(attribute.value.map((graph) => `graph, ${graph.nodes.length} nodes`));
    case 'opaque':
      return `${attribute.value.length} bytes`;
  }
}

/** JSON has no infinities. */
const finite = (value: number): number | string => (Number.isFinite(value) ? value : String(value));

const shortened = (text: string): string => (text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text);

const describeTensor = (tensor: TensorRef): string => `${dataTypeName(tensor.dataType)} [${tensor.dims.join(', ')}]`;

function list(values: (number | string)[]): (number | string)[] {
  return values.length <= LONGEST_LIST
    ? values
    : [...values.slice(0, LONGEST_LIST), `… ${values.length - LONGEST_LIST} more`];
}
