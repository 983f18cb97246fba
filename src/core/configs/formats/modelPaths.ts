import type { ConfigNode, Located } from '../tree/node.js';

const MODEL_FILE = /\.(onnx|ort)$/i;
const MAXIMUM_NODES = 20_000;
const DEEPEST = 40;

export const isModelFile = (path: string): boolean => MODEL_FILE.test(path) && path.length <= 4096;

/** Every scalar below a node that names a model file, also as the last part of `NAME=PATH` or `--model PATH`. */
export function modelFilesBelow(root: ConfigNode | null): Located<string>[] {
  const found: Located<string>[] = [];
  let budget = MAXIMUM_NODES;
  const visit = (node: ConfigNode, field: Located<string>['field'], depth: number): void => {
    budget -= 1;
    if (budget < 0 || depth > DEEPEST) return;
    if (node.value !== null && isModelFile(node.value)) {
      const path = /[^=\s"']+$/.exec(node.value)?.[0] ?? node.value;
      found.push({ value: path, range: node.range, field });
    }
    for (const item of node.items) visit(item, item.range, depth + 1);
    for (const entry of node.entries) visit(entry.value, entry.range, depth + 1);
  };
  if (root) visit(root, root.range, 0);
  return found;
}
