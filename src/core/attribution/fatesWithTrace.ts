import type { TracedRun } from '../trace/types.js';
import type { Attribution, Fate, OptimizedNode } from './types.js';

/**
 * Joins events to the nodes of the optimised graph: by name, and where bodies share names by what contains them. A node
 * without a name stands in the trace as `<opType>_<index>`; those of one type are taken in the order of their indices.
 */
export class NodeIndex {
  private readonly byName = new Map<string, OptimizedNode[]>();
  private readonly unnamed = new Map<string, OptimizedNode>();

  constructor(nodes: readonly OptimizedNode[], runs: readonly TracedRun[]) {
    const unnamed = new Map<string, OptimizedNode[]>();
    for (const node of nodes) {
      if (node.name === '') append(unnamed, keyOf(node.parent, node.opType), node);
      else append(this.byName, node.name, node);
    }
    if (unnamed.size > 0) this.joinUnnamed(unnamed, runs);
  }

  find(name: string, parentName: string | null): OptimizedNode | null {
    const candidates = this.byName.get(name) ?? [];
    if (candidates.length === 0) return this.unnamed.get(keyOf(parentName, name)) ?? null;
    return candidates.length === 1 ? candidates[0]! : (candidates.find(({ parent }) => parent === parentName) ?? null);
  }

  private joinUnnamed(nodes: ReadonlyMap<string, OptimizedNode[]>, runs: readonly TracedRun[]): void {
    const indices = new Map<string, Map<number, string>>();
    for (const { events } of runs)
      for (const event of events) {
        const index = Number(event.name.slice(event.opType.length + 1));
        if (this.byName.has(event.name) || event.name !== `${event.opType}_${index}`) continue;
        const parent = event.parent === null ? null : events[event.parent]!.name;
        const key = keyOf(parent, event.opType);
        const known = indices.get(key) ?? new Map<number, string>();
        indices.set(key, known.set(index, keyOf(parent, event.name)));
      }
    for (const [key, found] of indices) {
      const ordered = [...found].sort(([first], [second]) => first - second);
      for (const [position, [, name]] of ordered.entries()) {
        const node = nodes.get(key)?.[position];
        if (node) this.unnamed.set(name, node);
      }
    }
  }
}

const keyOf = (parent: string | null, name: string): string => JSON.stringify([parent, name]);

function append(map: Map<string, OptimizedNode[]>, key: string, node: OptimizedNode): void {
  const known = map.get(key);
  if (known) known.push(node);
  else map.set(key, [node]);
}

/**
 * The attribution's fates, and `notTaken` for operators in branches and loop bodies that never ran. Without a traced
 * run they stay as they are.
 */
export function fatesWithTrace(attribution: Attribution, runs: readonly TracedRun[]): ReadonlyMap<string, Fate> {
  if (runs.length === 0) return attribution.fates;
  const index = new NodeIndex(attribution.nodes, runs);
  const ran = new Set<string>(['']);
  for (const { events } of runs)
    for (const event of events) {
      if (event.parent === null) continue;
      const node = index.find(event.name, events[event.parent]?.name ?? null);
      if (node) ran.add(node.graphPath);
    }
  const fates = new Map<string, Fate>();
  for (const [id, fate] of attribution.fates) {
    const taken = fate.fate !== 'run' || fate.node === null || ran.has(fate.node.graphPath);
    fates.set(id, taken ? fate : { fate: 'notTaken', node: null });
  }
  return fates;
}
