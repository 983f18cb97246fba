/** Layers: modules sized by time, with the kernels inside. */

import type { Kernel } from '../../protocol/report.js';
import { lastSegment } from './names.js';
import { categoryOf, type ScenarioIndex } from './scenarioIndex.js';

export interface ModuleNode {
  /** Path of names joined by '/'; '' for the whole model. */
  path: string;
  /** The last name, or several joined where nothing branches between them. */
  label: string;
  /** Self times of everything inside. */
  timeNs: number;
  /** Of them the times of trusted kernels. */
  trustedNs: number;
  /** The errors of all, as those of independent figures add up. */
  errorNs: number;
  kernelCount: number;
  /** In order of first execution. */
  children: ModuleNode[];
  /** Directly in this module. */
  kernels: Kernel[];
}

export type ModuleBasis = 'names' | 'structure' | 'none';

const DEEPEST = 32;

interface Growing extends ModuleNode {
  byName: Map<string, Growing>;
}

const grow = (path: string, label: string): Growing => ({
  path,
  label,
  timeNs: 0,
  trustedNs: 0,
  errorNs: 0,
  kernelCount: 0,
  children: [],
  kernels: [],
  byName: new Map(),
});

/** The tree of modules of what ran; names without a branch below them are joined with their only child. */
export function moduleTree(index: ScenarioIndex): ModuleNode {
  const root = grow('', '');
  for (const kernel of index.scenario.kernels) {
    let node = root;
    add(node, kernel);
    for (const name of kernel.module.split('/', DEEPEST)) {
      if (name === '') continue;
      let child = node.byName.get(name);
      if (!child) {
        child = grow(node.path === '' ? name : `${node.path}/${name}`, name);
        node.byName.set(name, child);
        node.children.push(child);
      }
      add(child, kernel);
      node = child;
    }
    node.kernels.push(kernel);
  }
  const joined = joinChains(root);
  // A single outermost name is the model itself.
  return joined.path === '' ? joined : { ...joined, path: '', label: '' };
}

function add(node: ModuleNode, kernel: Kernel): void {
  node.timeNs += kernel.selfTimeNs;
  if (kernel.trusted) node.trustedNs += kernel.selfTimeNs;
  node.errorNs = Math.hypot(node.errorNs, kernel.errorNs);
  node.kernelCount += 1;
}

/** A module may be named for its share when most of its time is of trusted kernels, and known within a third. */
export const isCertain = ({ timeNs, trustedNs, errorNs }: ModuleNode): boolean =>
  timeNs > 0 && trustedNs >= timeNs / 2 && errorNs <= timeNs / 3;

function joinChains(node: ModuleNode): ModuleNode {
  const children = node.children.map(joinChains);
  const only = children[0];
  if (children.length !== 1 || node.kernels.length > 0 || !only) {
    return { ...node, children, kernels: node.kernels };
  }
  return { ...only, label: node.label === '' ? only.label : `${node.label}/${only.label}` };
}

/** The chain of nodes from the root to `path`; shorter when the model has no such module any more. */
export function trailTo(root: ModuleNode, path: string): ModuleNode[] {
  const trail = [root];
  let node = root;
  while (node.path !== path) {
    const next = node.children.find((child) => path === child.path || path.startsWith(`${child.path}/`));
    if (!next) break;
    trail.push(next);
    node = next;
  }
  return trail;
}

/** Where the modules come from: names that carry a path, the graph's structure, or nowhere. */
export function moduleBasis(index: ScenarioIndex): ModuleBasis {
  const owned = index.report.operators.filter((operator) => operator.module !== '').slice(0, 500);
  if (owned.length === 0) return 'none';
  // Constants often have no name of their own.
  const named = owned.filter((operator) => operator.name !== '');
  const carrying = named.filter((operator) => operator.name.split(/[/.]/).includes(lastSegment(operator.module)));
  return carrying.length > 0 && carrying.length * 2 > named.length ? 'names' : 'structure';
}

export interface LegendEntry {
  category: 'compute' | 'other' | 'layout' | 'outside';
  timeNs: number;
  /** Op types by time, the largest first. */
  opTypes: { opType: string; timeNs: number }[];
}

/** Below it a share reads 0.0 %. */
const SMALLEST_SHARE = 0.0005;

/** Time by kind of work, in a fixed order; entries without time are left out. */
export function legend(index: ScenarioIndex): LegendEntry[] {
  const categories = ['compute', 'other', 'layout'] as const;
  const entries: LegendEntry[] = categories.map((category) => {
    const byType = new Map<string, number>();
    for (const kernel of index.scenario.kernels) {
      if (categoryOf(kernel) === category)
        byType.set(kernel.opType, (byType.get(kernel.opType) ?? 0) + kernel.selfTimeNs);
    }
    const opTypes = [...byType].map(([opType, timeNs]) => ({ opType, timeNs })).sort((a, b) => b.timeNs - a.timeNs);
    return { category, timeNs: opTypes.reduce((sum, one) => sum + one.timeNs, 0), opTypes };
  });
  entries.push({ category: 'outside', timeNs: index.scenario.overhead?.timeNs ?? 0, opTypes: [] });
  return entries.filter((entry) => entry.timeNs > index.wholeNs * SMALLEST_SHARE);
}
