import type { TracedRun } from '../trace/types.js';
import type { Attribution, Fate, OptimizedNode } from './types.js';

/** Joins events to the nodes of the optimised graph, by name and, where bodies share names, by what contains them. */
export class NodeIndex {
  private readonly byName = new Map<string, OptimizedNode[]>();

  constructor(nodes: readonly OptimizedNode[]) {
    for (const node of nodes) {
      const known = this.byName.get(node.name);
      if (known) known.push(node);
      else this.byName.set(node.name, [node]);
    }
  }

  find(name: string, parentName: string | null): OptimizedNode | null {
    const candidates = this.byName.get(name) ?? [];
    if (candidates.length <= 1) return candidates[0] ?? null;
    return candidates.find(({ parent }) => parent === parentName) ?? null;
  }
}

/**
 * The attribution's fates, and `notTaken` for operators in branches and loop bodies that never ran. Without a traced
 * run they stay as they are.
 */
export function fatesWithTrace(attribution: Attribution, runs: readonly TracedRun[]): ReadonlyMap<string, Fate> {
  if (runs.length === 0) return attribution.fates;
  const index = new NodeIndex(attribution.nodes);
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
