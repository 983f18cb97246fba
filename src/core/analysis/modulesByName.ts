/**
 * Modules from the names of nodes: `/encoder/layer.3/attn/MatMul` lies in `encoder/layer/3/attn`. What all names share
 * says nothing and is left out, and a module of a single operator is its parent's.
 */

import type { Graph, Node } from '../model/graph.js';
import { type TensorNumbers, tensorNumbers } from '../model/tensorNumbers.js';
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

const isDigit = (character: number): boolean => character >= 48 && character <= 57;

/** Paths of nodes' names. Equal ones are one array, so that what follows is done once for a place and not for each node. */
class Places {
  private readonly byText = new Map<string, Path>();
  /** By a name without its last segment. */
  private readonly byPlace = new Map<string, Path>();
  /** Of the last node: the next one mostly lies in the same place. */
  private last: { place: string; path: Path } = { place: '', path: [] };

  pathOf(node: Pick<Node, 'name' | 'opType'>): Path {
    const { name } = node;
    const end = Math.max(name.lastIndexOf('/'), name.lastIndexOf('.')) + 1;
    if (end === 0) return this.shared([]);
    // A last number tells of the segment in front of it, and a name that is cut has another last segment.
    if (end === name.length || isDigit(name.charCodeAt(end)) || name.length > MAXIMUM_NAME)
      return this.shared(pathOfName(node));
    if (end !== this.last.place.length || !name.startsWith(this.last.place)) this.last = this.placeOf(node, end);
    return this.last.path;
  }

  private placeOf(node: Pick<Node, 'name' | 'opType'>, end: number): { place: string; path: Path } {
    const place = node.name.slice(0, end);
    const path = this.byPlace.get(place) ?? this.shared(pathOfName(node));
    this.byPlace.set(place, path);
    return { place, path };
  }

  shared(path: Path): Path {
    const text = path.join('/');
    const known = this.byText.get(text);
    if (known) return known;
    this.byText.set(text, path);
    return path;
  }
}

/** How many nodes lie at each path. Neighbours mostly lie at the same one. */
function countEach(paths: readonly (Path | null)[]): Map<Path, number> {
  const counts = new Map<Path, number>();
  let last: Path | null = null;
  let count = 0;
  for (let index = 0; index <= paths.length; index++) {
    const path = paths[index] ?? null;
    if (index < paths.length && (path === last || path === null)) {
      if (path) count++;
      continue;
    }
    if (last) counts.set(last, (counts.get(last) ?? 0) + count);
    last = path;
    count = 1;
  }
  return counts;
}

/** How many leading segments nearly all nodes' paths share. */
function sharedDepth(paths: ReadonlyMap<Path, number>): number {
  let nodes = 0;
  for (const count of paths.values()) nodes += count;
  for (let depth = 0; depth < MAXIMUM_DEPTH; depth++) {
    const counts = new Map<string, number>();
    paths.forEach((count, path) => {
      const segment = path[depth];
      if (segment !== undefined) counts.set(segment, (counts.get(segment) ?? 0) + count);
    });
    if (Math.max(0, ...counts.values()) < 0.95 * nodes) return depth;
  }
  return MAXIMUM_DEPTH;
}

/** The shared segments of one graph's paths, as most of them have them. */
function sharedPrefix(counts: ReadonlyMap<Path, number>): Path {
  const depth = sharedDepth(counts);
  const paths = [...counts.keys()];
  const shared = (paths.find((path) => path.length >= depth) ?? []).slice(0, depth);
  // A bare number is no name: `layer/0` keeps its `layer`.
  return paths.some((path) => isNumber(path[depth] ?? '')) ? shared.slice(0, -1) : shared;
}

const withoutPrefix = (path: Path, prefix: Path): Path =>
  prefix.every((segment, depth) => path[depth] === segment) ? path.slice(prefix.length) : path;

/** The path of each node by index, as its own name tells it; null for Constant nodes. */
type NamedPaths = ReadonlyMap<Graph, readonly (Path | null)[]>;

function namedPaths(graph: Graph, graphPath: string, places: Places, named: Map<Graph, (Path | null)[]>): NamedPaths {
  const own = graph.nodes.map((node) => (node.opType === 'Constant' ? null : places.pathOf(node)));
  named.set(graph, own);
  for (let index = 0; index < own.length; index++) {
    if (own[index] === null) continue;
    for (const nested of nestedGraphs(graph.nodes[index]!, operatorId(graphPath, index)))
      namedPaths(nested.graph, nested.graphPath, places, named);
  }
  return named;
}

/** Paths of the nodes of a graph and of those in it. */
class PlacedPaths {
  readonly ids: string[] = [];
  /** Of each id. */
  readonly paths: Path[] = [];

  constructor(
    private readonly named: NamedPaths,
    private readonly places: Places,
  ) {}

  /** A node without a path of its own lies where the first of its inputs does. */
  collect(graph: Graph, graphPath: string, parent: Path): void {
    const own = this.named.get(graph) ?? [];
    const counts = countEach(own);
    const flat = this.places.shared([]);
    const hasFlat = counts.delete(flat);
    const prefix = sharedPrefix(counts);
    const placed = new Map<Path, Path>();
    for (const path of counts.keys()) placed.set(path, this.places.shared([...parent, ...withoutPrefix(path, prefix)]));
    const outside = this.places.shared(parent);
    const numbers = tensorNumbers(graph);
    const byTensor = new Array<Path | undefined>(numbers.names.length);
    let last: { path: Path; found: Path | undefined } = { path: flat, found: undefined };
    for (let index = 0; index < graph.nodes.length; index++) {
      const path = own[index] ?? null;
      if (path === null) continue;
      const node = graph.nodes[index]!;
      if (path !== last.path) last = { path, found: placed.get(path) };
      const found = last.found ?? firstKnown(node, index, numbers, byTensor) ?? outside;
      if (hasFlat) placeOutputs(index, found, numbers, byTensor);
      this.add(node, operatorId(graphPath, index), found);
    }
  }

  private add(node: Node, id: string, path: Path): void {
    this.ids.push(id);
    this.paths.push(path);
    for (const nested of nestedGraphs(node, id)) {
      const branch = nested.graphPath.slice(id.length + 1);
      // The place where it branches, by the node's own last name.
      const leaf = node.name.split(/[/.]/).at(-1) || node.opType;
      this.collect(nested.graph, nested.graphPath, [...path, leaf, branch]);
    }
  }
}

function placeOutputs(
  index: number,
  path: Path,
  { makes, makesFrom }: TensorNumbers,
  byTensor: (Path | undefined)[],
): void {
  for (let at = makesFrom[index]!; at < makesFrom[index + 1]!; at++) byTensor[makes[at]!] = path;
}

/** Where the first of a node's inputs lies, of which that is known. */
function firstKnown(
  { inputs }: Node,
  index: number,
  { reads, readsFrom }: TensorNumbers,
  byTensor: readonly (Path | undefined)[],
): Path | undefined {
  const start = readsFrom[index]!;
  for (let at = start; at < start + inputs.length; at++) {
    const path = byTensor[reads[at]!];
    if (path) return path;
  }
  return undefined;
}

/** Operators of a module that has no other are their parent's: a box of one tells nothing. */
function withoutSingles({ ids, paths }: PlacedPaths): Map<string, string> {
  const nodesAt = countEach(paths);
  const counts = new Map<string, number>();
  for (const [path, nodes] of nodesAt) {
    for (let depth = 1; depth <= path.length; depth++) {
      const module = path.slice(0, depth).join('/');
      counts.set(module, (counts.get(module) ?? 0) + nodes);
    }
  }
  const moduleAt = new Map<Path, string>();
  for (const path of nodesAt.keys()) {
    let depth = Math.min(path.length, MAXIMUM_DEPTH);
    while (depth > 1 && counts.get(path.slice(0, depth).join('/')) === 1) depth--;
    moduleAt.set(path, path.slice(0, depth).join('/'));
  }
  const modules = new Map<string, string>();
  let last: Path | null = null;
  let module = '';
  for (let index = 0; index < ids.length; index++) {
    const path = paths[index]!;
    if (path !== last) module = moduleAt.get(path) ?? '';
    last = path;
    modules.set(ids[index]!, module);
  }
  return modules;
}

function isOneModule(modules: ReadonlyMap<string, string>): boolean {
  const [first] = modules.values();
  for (const module of modules.values()) if (module !== first) return false;
  return true;
}

/** Modules by operator id; null when too few names have a path, or all the same one. */
export function modulesByName(graph: Graph): Map<string, string> | null {
  const places = new Places();
  const named = namedPaths(graph, '', places, new Map());
  let all = 0;
  let withPath = 0;
  for (const own of named.values()) {
    for (const [path, count] of countEach(own)) {
      all += count;
      if (path.length > 0) withPath += count;
    }
  }
  if (withPath < ENOUGH * all) return null;
  const placed = new PlacedPaths(named, places);
  placed.collect(graph, '', []);
  const modules = withoutSingles(placed);
  return isOneModule(modules) ? null : modules;
}
