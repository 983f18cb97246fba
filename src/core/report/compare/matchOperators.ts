/**
 * Which operators of two models are the same ones. By identity where the files are equal; by name where names can be
 * trusted; by the tensors they make; then by structure: the order of operators that do the same kind of work.
 */

import type { OperatorSummary } from '../../../protocol/report.js';
import { align } from './alignment.js';
import { isHeavy, outputName, outputShape, type Side, workOf } from './side.js';

export class OperatorMatch {
  readonly toNew = new Map<string, string>();
  readonly toBase = new Map<string, string>();

  add(base: OperatorSummary, next: OperatorSummary): void {
    if (this.toNew.has(base.id) || this.toBase.has(next.id)) return;
    this.toNew.set(base.id, next.id);
    this.toBase.set(next.id, base.id);
  }
}

/** Numbered names shift when an operator is put in: they count where this share of them still does the same work. */
const TRUSTED_NAMES = 0.9;

export function matchOperators(base: Side, next: Side): OperatorMatch {
  const match = new OperatorMatch();
  if (isSameFile(base, next)) {
    for (const operator of base.operators) match.add(operator, next.byId.get(operator.id)!);
    return match;
  }
  const named = sharedBy(base, next, ({ graph, name }) => (name === '' ? null : `${graph}\n${name}`));
  const alike = named.filter(([one, other]) => detailOf(base, one) === detailOf(next, other)).length;
  const trusted = alike >= named.length * TRUSTED_NAMES;
  // A name with digits at its end only says in which place of its kind the operator stands.
  const firm = trusted ? named : named.filter(([one]) => !isNumbered(one));
  for (const [one, other] of firm) if (workOf(one) === workOf(other)) match.add(one, other);
  if (trusted) {
    const made = sharedBy(base, next, (operator, side) => outputName(side, operator) || null);
    for (const [one, other] of made) if (workOf(one) === workOf(other)) match.add(one, other);
  }
  const sameShapes = haveSameDimensions(base, next);
  const detail = (side: Side, operator: OperatorSummary): string =>
    sameShapes
      ? `${detailOf(side, operator)}|${JSON.stringify(outputShape(side, operator))}`
      : detailOf(side, operator);
  const work = (_: Side, operator: OperatorSummary): string => workOf(operator);
  // The exact first, so that what is left between can only be what has changed.
  matchInOrder(base, next, match, () => true, detail);
  matchInOrder(base, next, match, isHeavy, work);
  matchInOrder(base, next, match, () => true, work);
  return match;
}

function isSameFile(base: Side, next: Side): boolean {
  const { contentSha256 } = base.report.model;
  if (contentSha256 === null || contentSha256 !== next.report.model.contentSha256) return false;
  return (
    base.operators.length === next.operators.length &&
    base.operators.every(({ id, opType }) => next.byId.get(id)?.opType === opType)
  );
}

function haveSameDimensions(base: Side, next: Side): boolean {
  const inputs = ({ scenario }: Side): string => JSON.stringify(scenario.inputs.map(({ shape }) => shape));
  return inputs(base) === inputs(next);
}

const isNumbered = ({ name, opType }: OperatorSummary): boolean =>
  /\d+$/.test(name) && name.toLowerCase().includes(opType.toLowerCase()) && !/[/]/.test(name);

type PairOfOperators = readonly [base: OperatorSummary, next: OperatorSummary];

/** Those whose key stands once on each side. */
function sharedBy(
  base: Side,
  next: Side,
  keyOf: (operator: OperatorSummary, side: Side) => string | null,
): PairOfOperators[] {
  const once = (side: Side): Map<string, OperatorSummary | null> => {
    const found = new Map<string, OperatorSummary | null>();
    for (const operator of side.operators) {
      const key = keyOf(operator, side);
      if (key !== null) found.set(key, found.has(key) ? null : operator);
    }
    return found;
  };
  const others = once(next);
  return [...once(base)].flatMap(([key, operator]): PairOfOperators[] => {
    const other = others.get(key);
    return operator && other ? [[operator, other]] : [];
  });
}

const TELLING = ['kernel_shape', 'strides', 'group', 'axis', 'axes', 'perm', 'to', 'mode'] as const;

/** Kind of work, the attributes that shape it, and the rank of what it makes. */
function detailOf(side: Side, operator: OperatorSummary): string {
  const attributes = TELLING.map((name) =>
    Object.hasOwn(operator.attributes, name) ? operator.attributes[name] : null,
  );
  return JSON.stringify([workOf(operator), attributes, outputShape(side, operator)?.length ?? null]);
}

/** Aligns what is not matched yet between what is: pairs never cross a pair that stands. */
function matchInOrder(
  base: Side,
  next: Side,
  match: OperatorMatch,
  takes: (operator: OperatorSummary) => boolean,
  tokenOf: (side: Side, operator: OperatorSummary) => string,
): void {
  const baseList = base.operators.filter((one) => match.toNew.has(one.id) || takes(one));
  const nextList = next.operators.filter((one) => match.toBase.has(one.id) || takes(one));
  const baseTokens = baseList.map((one) => (match.toNew.has(one.id) ? `=${one.id}` : tokenOf(base, one)));
  const nextTokens = nextList.map((one) => {
    const known = match.toBase.get(one.id);
    return known === undefined ? tokenOf(next, one) : `=${known}`;
  });
  for (const [at, nextAt] of align(baseTokens, nextTokens)) match.add(baseList[at]!, nextList[nextAt]!);
}
