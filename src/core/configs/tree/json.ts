import { type Node, parseTree } from 'jsonc-parser';

import { type ConfigNode, listNode, mapNode, scalarNode, type TextRange } from './node.js';
import { maskTemplates } from './templates.js';

const DEEPEST = 64;

/** JSON, with comments and with errors, as far as it can be read; null where there is none. */
export function parseJson(text: string, offset = 0): ConfigNode | null {
  const tree = parseTree(maskTemplates(text), [], { allowTrailingComma: true });
  return tree ? convert(tree, offset, 0) : null;
}

function convert(node: Node, offset: number, depth: number): ConfigNode {
  const range: TextRange = { start: node.offset + offset, end: node.offset + node.length + offset };
  const children = depth < DEEPEST ? (node.children ?? []) : [];
  if (node.type === 'array')
    return listNode(
      range,
      children.map((child) => convert(child, offset, depth + 1)),
    );
  if (node.type !== 'object') return scalarNode(range, node.value === null ? null : String(node.value));
  const entries = children.flatMap((property) => {
    const [key, value] = property.children ?? [];
    if (typeof key?.value !== 'string') return [];
    const end = property.offset + property.length + offset;
    return [
      {
        key: key.value,
        range: { start: key.offset + offset, end },
        value: value ? convert(value, offset, depth + 1) : scalarNode({ start: end, end }, null),
      },
    ];
  });
  return mapNode(range, entries);
}
