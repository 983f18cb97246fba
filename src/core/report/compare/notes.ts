/** What differs in the conditions of two runs; said before any number. */

import { CORE_SHARED } from '../../analysis/clockVerdict.js';
import type { TextCode } from '../../../format/text/catalogue.js';
import { decimal, percent } from '../../../format/units.js';
import type { ComparisonNote } from '../../../protocol/compare.js';
import type { BoundDimension, Report, Scenario } from '../../../protocol/report.js';
import type { TextParameters } from '../../../protocol/text.js';
import type { Side } from './side.js';
import { BUSY_CORES, type Drift } from './timing.js';

const different = (code: TextCode, params: TextParameters = {}): ComparisonNote => ({
  kind: 'different',
  code,
  params: { ...params },
});
const note = (code: TextCode, params: TextParameters = {}): ComparisonNote => ({
  ...different(code, params),
  kind: 'note',
});

const SLOWER_MACHINE = 0.05;
const CORES_APART = 2;
const LONGEST = 200;

export function notesOf(base: Side, next: Side, drift: Drift): ComparisonNote[] {
  return [
    ...machineNotes(base.report, next.report),
    ...conditionNotes(base.scenario, next.scenario),
    ...runtimeNotes(base.report, next.report),
    ...modelNotes(base.report, next.report),
    ...quietNotes(drift),
    ...inputNotes(base.scenario, next.scenario),
  ];
}

function machineNotes(base: Report, next: Report): ComparisonNote[] {
  if (base.machineId === next.machineId) return [];
  const [before, now] = [base.environment.cpuModel.trim(), next.environment.cpuModel.trim()];
  return before === now
    ? [different('compare.note.machineAlike', { cpu: before })]
    : [different('compare.note.machine', { before, now })];
}

function conditionNotes(base: Scenario, next: Scenario): ComparisonNote[] {
  const notes: ComparisonNote[] = [];
  const differ = (code: TextCode, before: string | number | null, now: string | number | null): void => {
    // What a foreign run does not say is no difference.
    if (before !== null && now !== null && before !== now) notes.push(different(code, { before, now }));
  };
  differ('compare.note.dimensions', dimensionsText(base, next), dimensionsText(next, base));
  differ('compare.note.phase', base.phase, next.phase);
  differ('compare.note.provider', base.run.provider, next.run.provider);
  differ('compare.note.threads', base.run.threads, next.run.threads);
  differ('compare.note.optimization', base.run.optimization, next.run.optimization);
  return notes;
}

/** Those in which the two differ; the shapes of the inputs where one file has no such dimension any more. */
function dimensionsText(own: Scenario, other: Scenario): string {
  const shapes = ({ inputs }: Scenario): string => JSON.stringify(inputs.map(({ shape }) => shape));
  if (shapes(own) === shapes(other)) return '';
  const valueIn = (list: readonly BoundDimension[], name: string): number | undefined =>
    list.find((each) => each.name === name)?.value;
  const changed = own.dimensions.filter(({ name, value }) => valueIn(other.dimensions, name) !== value);
  const parts =
    changed.length > 0
      ? changed.map(({ name, value }) => `${name} = ${value}`)
      : own.inputs.map(({ name, shape }) => `${name} ${shape.join('×')}`);
  return parts.join(', ').slice(0, LONGEST) || '–';
}

function runtimeNotes(base: Report, next: Report): ComparisonNote[] {
  const [was, is] = [base.environment, next.environment];
  const notes: ComparisonNote[] = [];
  const [before, now] = [`${was.runtime} ${was.runtimeVersion}`, `${is.runtime} ${is.runtimeVersion}`];
  if (before !== now) notes.push(note('compare.note.runtime', { before, now }));
  if (base.machineId === next.machineId && was.os !== is.os)
    notes.push(note('compare.note.os', { before: was.os, now: is.os }));
  if (base.tool.version !== next.tool.version)
    notes.push(note('compare.note.tool', { before: base.tool.version, now: next.tool.version }));
  for (const [report, code] of [
    [base, 'compare.note.basePartial'],
    [next, 'compare.note.newPartial'],
  ] as const)
    if (report.status === 'partial') notes.push(note(code));
  return notes;
}

function modelNotes(base: Report, next: Report): ComparisonNote[] {
  const [was, is] = [base.model, next.model];
  if (was.contentSha256 === null || is.contentSha256 === null) return [];
  if (was.contentSha256 === is.contentSha256) return [note('compare.note.sameFile')];
  const opset = ({ opsets }: typeof was): string =>
    opsets.map(({ domain, version }) => (domain === '' ? `${version}` : `${domain} ${version}`)).join(', ');
  return opset(was) === opset(is)
    ? []
    : [note('compare.note.opset', { before: opset(was).slice(0, LONGEST), now: opset(is).slice(0, LONGEST) })];
}

function quietNotes({ reference, handoff, otherLoadCores }: Drift): ComparisonNote[] {
  const notes: ComparisonNote[] = [];
  if (reference !== null && reference > 1 + SLOWER_MACHINE)
    notes.push(note('compare.note.slowerMachine', { change: percent(reference - 1) }));
  if (reference !== null && reference < 1 / (1 + SLOWER_MACHINE))
    notes.push(note('compare.note.fasterMachine', { change: percent(1 / reference - 1) }));
  const isShared = handoff !== null && Math.max(handoff, 1 / handoff) >= CORE_SHARED;
  if (handoff !== null && !isShared && handoff > CORES_APART)
    notes.push(note('compare.note.coresApart', { times: decimal(handoff, 1) }));
  if (handoff !== null && !isShared && handoff < 1 / CORES_APART)
    notes.push(note('compare.note.coresCloser', { times: decimal(1 / handoff, 1) }));
  if (otherLoadCores > BUSY_CORES) notes.push(note('compare.note.busy', { cores: decimal(otherLoadCores, 1) }));
  return notes;
}

function inputNotes(base: Scenario, next: Scenario): ComparisonNote[] {
  const sources = ({ inputs, run }: Scenario): string => {
    const kinds = [...new Set(inputs.map(({ source }) => source.slice(0, LONGEST)))].sort();
    const synthetic = kinds.some((kind) => kind.startsWith('synthetic:'));
    return [...kinds, ...(synthetic ? [`seed ${run.seed}`] : [])].join(', ').slice(0, LONGEST);
  };
  const [before, now] = [sources(base), sources(next)];
  return before === now ? [] : [note('compare.note.inputs', { before, now })];
}
