/** What can be seen in the two files and runs that explains a difference. */

import type { TextCode } from '../../../format/text/catalogue.js';
import { count, percent, shape } from '../../../format/units.js';
import type { Kernel, OperatorSummary } from '../../../protocol/report.js';
import type { Message, TextParameters } from '../../../protocol/text.js';
import type { KernelGroup } from './kernelGroups.js';
import type { OperatorMatch } from './matchOperators.js';
import { isHeavy, nameOf, type Side } from './side.js';

const MOST_CAUSES = 4;
/** Fewer multiply-accumulates more or less explain nothing. */
const LEAST_MACS = 0.005;
const LONGEST_NAME = 120;

const message = (code: TextCode, params: TextParameters = {}): Message => ({ code, params: { ...params } });
const short = (name: string): string => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name);

export interface GroupContext {
  base: Side;
  next: Side;
  match: OperatorMatch;
  fusions: ReadonlyMap<Kernel, Message>;
}

/** The operator that stands for a kernel: the first of its own kind, else the first that does heavy work. */
export function mainOperator(side: Side, kernels: readonly Kernel[]): OperatorSummary | null {
  const longest = kernels.reduce<Kernel | null>(
    (best, kernel) => (kernel.operatorIds.length > 0 && kernel.selfTimeNs > (best?.selfTimeNs ?? -1) ? kernel : best),
    null,
  );
  if (!longest) return null;
  const operators = longest.operatorIds.map((id) => side.byId.get(id)).filter((one) => one !== undefined);
  return (
    operators.find(isHeavy) ?? operators.find(({ opType }) => longest.opType.includes(opType)) ?? operators[0] ?? null
  );
}

/** The most telling first; empty where nothing but the time differs. */
export function causesOf(context: GroupContext, group: KernelGroup): Message[] {
  if (group.base.length === 0) return addedCauses(context, group.next);
  if (group.next.length === 0) return goneCauses(context, group.base);
  const fusions = [...group.base, ...group.next].flatMap((kernel) => context.fusions.get(kernel) ?? []);
  return [...fusions, ...workCauses(context, group)].slice(0, MOST_CAUSES);
}

/** Kernels whose operators one side runs together and the other apart. */
export function findFusions(base: Side, next: Side, match: OperatorMatch): Map<Kernel, Message> {
  return new Map([
    ...fusionsOf(base, next, match.toNew, 'compare.cause.unfused'),
    ...fusionsOf(next, base, match.toBase, 'compare.cause.fused'),
  ]);
}

function fusionsOf(
  from: Side,
  to: Side,
  counterparts: ReadonlyMap<string, string>,
  code: 'compare.cause.unfused' | 'compare.cause.fused',
): (readonly [Kernel, Message])[] {
  return from.scenario.kernels.flatMap((kernel) => {
    const main = mainOperator(from, [kernel]);
    const home = main && to.kernelOf.get(counterparts.get(main.id) ?? '');
    if (!main || !home) return [];
    const apart = kernel.operatorIds
      .filter((id) => id !== main.id && from.kernelOf.get(id) === kernel)
      .filter((id) => isApart(to, counterparts.get(id), home))
      .map((id) => from.byId.get(id)?.opType ?? '');
    if (apart.length === 0) return [];
    const others = [...new Set(apart)].slice(0, 3).join(', ');
    return [[kernel, message(code, { name: short(nameOf(from, main)), others })] as const];
  });
}

/** It runs, and in another kernel. */
function isApart(side: Side, id: string | undefined, home: Kernel): boolean {
  const kernel = id === undefined ? undefined : side.kernelOf.get(id);
  return kernel !== undefined && kernel !== home;
}

function workCauses(context: GroupContext, group: KernelGroup): Message[] {
  const { base, next } = context;
  const [was, is] = [mainOperator(base, group.base), mainOperator(next, group.next)];
  return [
    macsCause(group),
    was && is ? replacedCause(context, was, is) : null,
    kernelCause(group),
    was && is ? attributeCause(was, is) : null,
    shapeCause(group),
    typeCause(base, next, was, is),
  ].filter((cause) => cause !== null);
}

/** null where one kernel's are not known. */
export function macsOf(kernels: readonly Kernel[]): number | null {
  if (kernels.length === 0 || kernels.some(({ macs }) => macs === null)) return null;
  return kernels.reduce((sum, { macs }) => sum + (macs ?? 0), 0);
}

function macsCause(group: KernelGroup): Message | null {
  const [was, is] = [macsOf(group.base), macsOf(group.next)];
  if (was === null || is === null || was === is) return null;
  if (was === 0 || is === 0) return message('compare.cause.macsFrom', { before: count(was), now: count(is) });
  const ratio = is / was - 1;
  if (Math.abs(ratio) < LEAST_MACS) return null;
  const change = `${ratio > 0 ? '+' : '−'}${percent(Math.abs(ratio), Math.abs(ratio) < 0.1 ? 1 : 0)}`;
  return message('compare.cause.macs', { change, before: count(was), now: count(is) });
}

/** The file itself has another operator in the same place. */
function replacedCause({ match }: GroupContext, was: OperatorSummary, is: OperatorSummary): Message | null {
  if (match.toNew.get(was.id) !== is.id || was.opType === is.opType) return null;
  return message('compare.cause.replaced', { before: was.opType, now: is.opType });
}

function longestOf(kernels: readonly Kernel[]): Kernel {
  return kernels.reduce((best, kernel) => (kernel.selfTimeNs > best.selfTimeNs ? kernel : best));
}

function kernelCause(group: KernelGroup): Message | null {
  const [was, is] = [longestOf(group.base), longestOf(group.next)];
  if (was.provider !== is.provider)
    return message('compare.cause.provider', { before: was.provider, now: is.provider });
  if (was.opType !== is.opType) return message('compare.cause.kernel', { before: was.opType, now: is.opType });
  if (was.callsPerRun !== is.callsPerRun && group.base.length === 1 && group.next.length === 1)
    return message('compare.cause.calls', { before: was.callsPerRun, now: is.callsPerRun });
  return null;
}

const TELLING = ['group', 'strides', 'kernel_shape', 'dilations', 'pads'] as const;

function attributeCause(was: OperatorSummary, is: OperatorSummary): Message | null {
  const valueOf = ({ attributes }: OperatorSummary, name: string): string =>
    Object.hasOwn(attributes, name) ? String(attributes[name]) : '';
  const name = TELLING.find((each) => valueOf(was, each) !== valueOf(is, each));
  if (name === undefined || valueOf(was, name) === '' || valueOf(is, name) === '') return null;
  return message('compare.cause.attribute', { name, before: valueOf(was, name), now: valueOf(is, name) });
}

function shapeCause(group: KernelGroup): Message | null {
  if (group.base.length !== 1 || group.next.length !== 1) return null;
  const [was, is] = [group.base[0]!, group.next[0]!];
  const sides = [
    [was.outputShapes[0], is.outputShapes[0]],
    [was.inputShapes[0], is.inputShapes[0]],
  ];
  const changed = sides.find(([one, other]) => one && other && shape(one) !== shape(other));
  return changed ? message('compare.cause.shape', { before: shape(changed[0]!), now: shape(changed[1]!) }) : null;
}

function typeCause(base: Side, next: Side, was: OperatorSummary | null, is: OperatorSummary | null): Message | null {
  const typeOf = (side: Side, operator: OperatorSummary | null): string =>
    side.tensors.get(operator?.outputs[0] ?? '')?.dataType ?? '';
  const [before, now] = [typeOf(base, was), typeOf(next, is)];
  return before !== '' && now !== '' && before !== now ? message('compare.cause.dataType', { before, now }) : null;
}

function addedCauses({ base, next, match }: GroupContext, kernels: readonly Kernel[]): Message[] {
  const main = mainOperator(next, kernels);
  if (!main) return [message('compare.cause.runtimeAdded')];
  const counterpart = match.toBase.get(main.id);
  if (counterpart === undefined) return [message('compare.cause.added')];
  return base.kernelOf.has(counterpart) ? [] : [message('compare.cause.noLongerFolded')];
}

function goneCauses({ base, next, match }: GroupContext, kernels: readonly Kernel[]): Message[] {
  const main = mainOperator(base, kernels);
  if (!main) return [message('compare.cause.runtimeRemoved')];
  const counterpart = match.toNew.get(main.id);
  if (counterpart === undefined) return [message('compare.cause.removed')];
  return next.kernelOf.has(counterpart) ? [] : [message('compare.cause.folded')];
}
