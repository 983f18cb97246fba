/**
 * Modules from the names of nodes: `/encoder/layer.3/attn/MatMul` lies in `encoder/layer/3/attn`. What all names share
 * says nothing and is left out, and a module of a single operator is its parent's.
 */

import type { Graph, Node } from '../model/graph.js';
import { nestedGraphs, operatorId } from '../model/walk.js';

/** Levels that are kept; deeper ones belong to the last. */
const MAXIMUM_DEPTH = 6;
const MAXIMUM_NAME = 512;
/** Share of a graph's operators whose names must have a path for names to count. */
const ENOUGH = 0.5;

type Path = readonly string[];

const isNumber = (segment: string): boolean => /^\d+$/.test(segment);

/** `p2o.Conv.58` and `Conv_12` name an operator, not a place. */
function namesOperator(segment: string, opType: string): boolean {
  return segment.toLowerCase().startsWith(opType.toLowerCase());
}

/** The path of a node's name without the operator's own part; empty for a flat name. */
export function pathOfName(node: Pick<Node, 'name' | 'opType'>): Path {
  const segments = node.name
    .slice(0, MAXIMUM_NAME)
    .split(/[/.]/)
    .filter((segment) => segment !== '');
  const last = segments.pop();
  if (last !== undefined && isNumber(last) && namesOperator(segments.at(-1) ?? '', node.opType)) segments.pop();
  // Exporters repeat the parent in front of the child: `/encoder/encoder.layer`.
  return segments.filter((segment, depth) => segment !== segments[depth - 1]).slice(0, MAXIMUM_DEPTH);
}

/** How many leading segments nearly all paths share. */
function sharedDepth(paths: readonly Path[]): number {
  for (let depth = 0; depth < MAXIMUM_DEPTH; depth++) {
    const counts = new Map<string, number>();
    for (const path of paths) {
      const segment = path[depth];
      if (segment !== undefined) counts.set(segment, (counts.get(segment) ?? 0) + 1);
    }
    if (Math.max(0, ...counts.values()) < 0.95 * paths.length) return depth;
  }
  return MAXIMUM_DEPTH;
}

/** The shared segments of one graph's paths, as most of them have them. */
function sharedPrefix(paths: readonly Path[]): Path {
  const depth = sharedDepth(paths);
  const shared = (paths.find((path) => path.length >= depth) ?? []).slice(0, depth);
  // A bare number is no name: `layer/0` keeps its `layer`.
  return paths.some((path) => isNumber(path[depth] ?? '')) ? shared.slice(0, -1) : shared;
}

const withoutPrefix = (path: Path, prefix: Path): Path =>
  prefix.every((segment, depth) => path[depth] === segment) ? path.slice(prefix.length) : path;

const computing = (graph: Graph): [number, Node][] =>
  [...graph.nodes.entries()].filter(([, node]) => node.opType !== 'Constant');

/** Paths of one graph's nodes by index, and those of nested graphs, by operator id. */
function collect(graph: Graph, graphPath: string, parent: Path, paths: Map<string, Path>): void {
  const nodes = computing(graph);
  const own = new Map(nodes.map(([index, node]) => [index, pathOfName(node)]));
  const prefix = sharedPrefix([...own.values()].filter((path) => path.length > 0));
  const byOutput = new Map<string, Path>();
  for (const [index, node] of nodes) {
    const named = own.get(index) ?? [];
    const inherited = node.inputs.map((name) => byOutput.get(name)).find((path) => path !== undefined);
    const path = named.length > 0 ? withoutPrefix(named, prefix) : (inherited ?? []);
    for (const output of node.outputs) byOutput.set(output, path);
    const id = operatorId(graphPath, index);
    paths.set(id, [...parent, ...path]);
    for (const nested of nestedGraphs(node, id)) {
      const branch = nested.graphPath.slice(id.length + 1);
      // The place where it branches, by the node's own last name.
      const leaf = node.name.split(/[/.]/).at(-1) || node.opType;
      collect(nested.graph, nested.graphPath, [...parent, ...path, leaf, branch], paths);
    }
  }
}

/** Operators of a module that has no other are their parent's: a box of one tells nothing. */
function withoutSingles(paths: ReadonlyMap<string, Path>): Map<string, string> {
  const counts = new Map<string, number>();
  for (const path of paths.values()) {
    for (let depth = 1; depth <= path.length; depth++) {
      const module = path.slice(0, depth).join('/');
      counts.set(module, (counts.get(module) ?? 0) + 1);
    }
  }
  const result = new Map<string, string>();
  for (const [id, path] of paths) {
    let depth = Math.min(path.length, MAXIMUM_DEPTH);
    while (depth > 1 && counts.get(path.slice(0, depth).join('/')) === 1) depth--;
    result.set(id, path.slice(0, depth).join('/'));
  }
  return result;
}

/** Modules by operator id; null when too few names have a path, or all the same one. */
export function modulesByName(graph: Graph): ReadonlyMap<string, string> | null {
  const named = new Map<string, Path>();
  const all: Path[] = [];
  const visit = (inner: Graph, path: string): void => {
    for (const [index, node] of computing(inner)) {
      all.push(pathOfName(node));
      for (const nested of nestedGraphs(node, operatorId(path, index))) visit(nested.graph, nested.graphPath);
    }
  };
  visit(graph, '');
  if (all.filter((path) => path.length > 0).length < ENOUGH * all.length) return null;
  collect(graph, '', [], named);
  const modules = withoutSingles(named);
  return new Set(modules.values()).size > 1 ? modules : null;
}
