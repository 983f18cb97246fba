/** What a module's strip shows: its modules and kernels, the small ones gathered. */

import type { Kernel } from '../../protocol/report.js';
import type { ModuleNode } from './layers.js';
import { shortOperatorName } from './names.js';
import { categoryOf, mainOperator, operatorName, type ScenarioIndex } from './scenarioIndex.js';

export type SegmentCategory = 'module' | 'compute' | 'other' | 'layout' | 'outside';

export interface Segment {
  key: string;
  category: SegmentCategory;
  /** Name from the model; for gathered ones null: the front words them from `kind` and `count`. */
  label: string | null;
  /** module and kernel stand for one; sameType for several kernels of `label`; layout and rest for what was gathered. */
  kind: 'module' | 'kernel' | 'sameType' | 'layout' | 'rest' | 'outside';
  count: number;
  timeNs: number;
  /** Of the strip, 0 to 1. */
  width: number;
  /** Set on modules: where the segment leads. */
  path: string | null;
  kernelIds: string[];
}

/** Below this share of its strip a segment has no room for a name. */
const NARROWEST = 0.045;
/** Few modules are shown down to this share: they lead further. */
const NARROWEST_OF_FEW = 0.02;
const FEW = 8;

type Draft = Omit<Segment, 'width'>;

/**
 * The segments of one module, in order of execution where it has modules, else the largest first; what is too narrow
 * for a name is gathered: layout conversions, kernels of one type, the rest.
 */
export function segmentsOf(index: ScenarioIndex, node: ModuleNode): Segment[] {
  const outsideNs = node.path === '' ? (index.scenario.overhead?.timeNs ?? 0) : 0;
  const totalNs = node.timeNs + outsideNs;
  if (totalNs <= 0) return [];
  const narrow = (timeNs: number): boolean => timeNs < totalNs * NARROWEST;

  const shown: Draft[] = [];
  const smallest = totalNs * (node.children.length > FEW ? NARROWEST : NARROWEST_OF_FEW);
  const small = node.children.filter((child) => child.timeNs < smallest);
  // One alone gains nothing by being called "more".
  const smallModules = small.length > 1 ? small : [];
  for (const child of node.children) if (!smallModules.includes(child)) shown.push(moduleSegment(child));
  const kernels = [...node.kernels].sort((a, b) => b.selfTimeNs - a.selfTimeNs);
  const large = kernels.filter((kernel) => !narrow(kernel.selfTimeNs) && kernel.kind === 'compute');
  shown.push(...large.map((kernel) => kernelSegment(index, kernel)));
  const { groups, rest } = gather(
    kernels.filter((kernel) => !large.includes(kernel)),
    narrow,
  );
  shown.push(...groups);
  const restNs = [...rest.map((one) => one.selfTimeNs), ...smallModules.map((one) => one.timeNs)];
  if (restNs.length > 0) shown.push(restSegment(rest, smallModules, restNs));
  if (outsideNs > 0) shown.push({ ...gathered('outside', 'outside', []), timeNs: outsideNs });
  return shown.map((segment) => ({ ...segment, width: segment.timeNs / totalNs }));
}

const moduleSegment = (node: ModuleNode): Draft => ({
  key: `module:${node.path}`,
  category: 'module',
  kind: 'module',
  label: node.label,
  count: node.kernelCount,
  timeNs: node.timeNs,
  path: node.path,
  kernelIds: [],
});

function kernelSegment(index: ScenarioIndex, kernel: Kernel): Draft {
  const operator = mainOperator(index, kernel);
  return {
    key: `kernel:${kernel.id}`,
    category: categoryOf(kernel),
    kind: 'kernel',
    label: operator ? shortOperatorName(operatorName(index, operator), operator.opType) : kernel.opType,
    count: 1,
    timeNs: kernel.selfTimeNs,
    path: null,
    kernelIds: [kernel.id],
  };
}

function gathered(kind: Segment['kind'], category: SegmentCategory, kernels: readonly Kernel[]): Draft {
  return {
    key: `${kind}:${kernels[0]?.opType ?? ''}`,
    category,
    kind,
    label: kind === 'sameType' ? (kernels[0]?.opType ?? null) : null,
    count: kernels.length,
    timeNs: kernels.reduce((sum, kernel) => sum + kernel.selfTimeNs, 0),
    path: null,
    kernelIds: kernels.map((kernel) => kernel.id),
  };
}

/** Layout conversions together; kernels of one type where together they are wide enough; the others are the rest. */
function gather(
  small: readonly Kernel[],
  narrow: (timeNs: number) => boolean,
): { groups: Draft[]; rest: readonly Kernel[] } {
  const groups: Draft[] = [];
  const rest: Kernel[] = [];
  const byType = new Map<string, Kernel[]>();
  const layout: Kernel[] = [];
  for (const kernel of small) {
    if (kernel.kind !== 'compute') layout.push(kernel);
    else if (byType.has(kernel.opType)) byType.get(kernel.opType)?.push(kernel);
    else byType.set(kernel.opType, [kernel]);
  }
  for (const kernels of byType.values()) {
    const group = gathered('sameType', categoryOf(kernels[0]!), kernels);
    if (kernels.length > 1 && !narrow(group.timeNs * 0.8)) groups.push(group);
    else rest.push(...kernels);
  }
  groups.sort((a, b) => b.timeNs - a.timeNs);
  if (layout.length > 0) groups.push(gathered('layout', 'layout', layout));
  return { groups, rest };
}

function restSegment(rest: readonly Kernel[], modules: readonly ModuleNode[], timesNs: readonly number[]): Draft {
  return {
    ...gathered('rest', 'other', rest),
    key: 'rest',
    count: rest.length + modules.reduce((sum, module) => sum + module.kernelCount, 0),
    timeNs: timesNs.reduce((sum, ns) => sum + ns, 0),
  };
}
