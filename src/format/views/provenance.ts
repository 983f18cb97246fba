/** What an audit asks of a report: what is there, where it comes from, and what is missing. */

import type { DocumentationEntry, InputSummary, Report } from '../../protocol/report.js';
import type { Text } from '../text/text.js';
import { bytes, integer, shape } from '../units.js';
import { dateText } from './dates.js';
import { cpuText, opsetText, producerText } from './facts.js';
import { plainName } from './names.js';
import type { ScenarioIndex } from './scenarioIndex.js';

export interface ProvenanceRow {
  label: string;
  /** null: missing. */
  value: string | null;
}

export interface ProvenanceSection {
  id: 'repeat' | 'model' | 'documentation' | 'inputs' | 'machine' | 'assumptions';
  rows: ProvenanceRow[];
}

const MOST_INPUTS = 32;
const MOST_DIMENSIONS = 16;
const TOPICS = ['licence', 'author', 'dataSet', 'description', 'intendedUse'] as const;

export function provenance(index: ScenarioIndex, text: Text): ProvenanceSection[] {
  return [
    { id: 'repeat', rows: repeatRows(index, text) },
    { id: 'model', rows: modelRows(index.report, text) },
    { id: 'documentation', rows: documentationRows(index.report, text) },
    { id: 'inputs', rows: inputRows(index, text) },
    { id: 'machine', rows: machineRows(index.report, text) },
    { id: 'assumptions', rows: assumptionRows(index, text) },
  ];
}

const orNull = (value: string): string | null => (value === '' ? null : value);

function repeatRows({ report, scenario }: ScenarioIndex, text: Text): ProvenanceRow[] {
  const { run } = scenario;
  return [
    { label: text('provenance.command'), value: orNull(plainName(run.command)) },
    { label: text('provenance.seed'), value: run.seed === null ? null : String(run.seed) },
    { label: text('provenance.measured'), value: dateText(report.createdAt, 'second') },
    {
      label: text('provenance.runs'),
      value: text('provenance.runsValue', {
        measured: integer(run.measuredRuns),
        warmUp: integer(run.warmUpRuns),
        traced: integer(run.tracedRuns),
      }),
    },
    {
      label: text('provenance.reportId'),
      value: text('provenance.schema', { id: plainName(report.reportId), version: report.schemaVersion }),
    },
  ];
}

function modelRows(report: Report, text: Text): ProvenanceRow[] {
  const { model, git } = report;
  const external = model.externalData;
  const rows: ProvenanceRow[] = [
    { label: text('provenance.file'), value: `${plainName(model.path)}, ${bytes(model.fileBytes)}` },
    { label: text('provenance.sha256'), value: model.contentSha256 },
    { label: text('provenance.git'), value: gitText(git, text) },
    { label: text('provenance.producer'), value: orNull(producerText(report)) },
    { label: text('provenance.opset'), value: orNull(opsetText(report)) },
  ];
  if (external.length > 0)
    rows.push({
      label: text('provenance.externalData'),
      value: text('provenance.externalDataValue', {
        files: integer(external.length),
        size: bytes(external.reduce((sum, one) => sum + one.bytes, 0)),
      }),
    });
  return rows;
}

function gitText(git: Report['git'], text: Text): string | null {
  if (!git) return null;
  return git.dirty ? text('provenance.gitDirty', { commit: git.commit }) : git.commit;
}

/** Reports of older engines have the licence alone. */
function documentationRows({ model }: Report, text: Text): ProvenanceRow[] {
  const stated = new Map<string, DocumentationEntry>((model.documentation ?? []).map((entry) => [entry.topic, entry]));
  return TOPICS.map((topic) => {
    const entry = stated.get(topic);
    const value = entry?.value ?? (topic === 'licence' ? model.licence : null);
    const source = entry?.source ?? null;
    const label = text(`provenance.topic.${topic}`);
    if (value === null || source === null) return { label, value: value === null ? null : plainName(value) };
    return { label, value: text('provenance.from', { value: plainName(value), source: plainName(source) }) };
  });
}

function inputRows({ scenario }: ScenarioIndex, text: Text): ProvenanceRow[] {
  return scenario.inputs.slice(0, MOST_INPUTS).map((input) => ({
    label: plainName(input.name),
    value: inputText(input, text),
  }));
}

function inputText({ source, shape: dims, dataType, sha256 }: InputSummary, text: Text): string {
  const shapeText = `${dataType} ${shape(dims)}`;
  const [kind, ...rest] = source.split(':');
  const name = plainName(rest.join(':'));
  if (kind === 'synthetic') return text('provenance.input.synthetic', { rule: name, shape: shapeText });
  if (kind !== 'file') return text('provenance.input.none');
  if (sha256 == null) return text('provenance.input.file', { file: name, shape: shapeText });
  return text('provenance.input.hash', { file: name, shape: shapeText, sha256 });
}

function machineRows(report: Report, text: Text): ProvenanceRow[] {
  const { environment, tool, machineId } = report;
  const known = environment.cpuModel !== '' || environment.logicalCores !== null;
  return [
    { label: text('provenance.tool'), value: `${plainName(tool.name)} ${plainName(tool.version)}` },
    {
      label: text('page.conditions.runtime'),
      value:
        environment.runtimeVersion === '' ? null : `${environment.runtime} ${plainName(environment.runtimeVersion)}`,
    },
    { label: text('page.conditions.cpu'), value: known ? cpuText(environment, text) : null },
    { label: text('page.conditions.system'), value: orNull(plainName(environment.os)) },
    { label: text('provenance.machineId'), value: orNull(plainName(machineId)) },
  ];
}

function assumptionRows({ report, scenario }: ScenarioIndex, text: Text): ProvenanceRow[] {
  const rows: ProvenanceRow[] = [];
  const guessed = scenario.dimensions.flatMap(({ name, value, source }) =>
    source === 'symbolName' || source === 'default' || source === 'modelConfig' ? [{ name, value, source }] : [],
  );
  const list = guessed.slice(0, MOST_DIMENSIONS).map(({ name, value, source }) =>
    text('provenance.assumption.dimension', {
      name: plainName(name),
      value: integer(value),
      source: text(`provenance.source.${source}`),
    }),
  );
  rows.push({
    label: text('provenance.assumption.dimensions'),
    value: list.length === 0 ? text('provenance.assumption.none') : list.join('; '),
  });
  if (scenario.inputs.some(({ source }) => source.startsWith('synthetic:')))
    rows.push({
      label: text('provenance.assumption.inputs'),
      value: text('provenance.assumption.inputsValue'),
    });
  if (report.roofline)
    rows.push({ label: text('provenance.assumption.ceilings'), value: dateText(report.roofline.measuredAt) });
  const dates = [...new Set((report.cost?.options ?? []).flatMap(({ priceAsOf }) => priceAsOf ?? []))].slice(0, 4);
  if (dates.length > 0) rows.push({ label: text('provenance.assumption.prices'), value: plainName(dates.join(', ')) });
  return rows;
}

export interface ProvenancePairRow {
  label: string;
  /** null: missing; undefined: that side has no such row. */
  before: string | null | undefined;
  now: string | null | undefined;
}

export interface ProvenancePairSection {
  id: ProvenanceSection['id'];
  rows: ProvenancePairRow[];
}

/** Of two reports that are compared, row by row: what the later one has first, then what only the earlier one has. */
export function provenancePair(
  before: readonly ProvenanceSection[],
  now: readonly ProvenanceSection[],
): ProvenancePairSection[] {
  return now.map(({ id, rows }) => {
    const was = new Map((before.find((one) => one.id === id)?.rows ?? []).map(({ label, value }) => [label, value]));
    const is = new Map(rows.map(({ label, value }) => [label, value]));
    const labels = [...new Set([...is.keys(), ...was.keys()])];
    return { id, rows: labels.map((label) => ({ label, before: was.get(label), now: is.get(label) })) };
  });
}

/** How many rows have a value, of all. */
export function completeness(sections: readonly ProvenanceSection[]): { known: number; total: number } {
  const rows = sections.flatMap(({ rows }) => rows);
  return { known: rows.filter(({ value }) => value !== null).length, total: rows.length };
}

export const MEASURE_IDS = [
  '1.1',
  '1.2',
  '1.3',
  '2.1',
  '2.2',
  '2.3',
  '2.4',
  '2.5',
  '2.6',
  '2.7',
  '2.8',
  '2.9',
  '2.10',
  '2.11',
  '2.12',
  '2.13',
  '3.1',
  '3.2',
  '3.3',
  '4.1',
  '4.2',
  '4.3',
] as const;
export type MeasureId = (typeof MEASURE_IDS)[number];

/** Of these a profile says nothing. */
const NOT_COVERED: readonly MeasureId[] = ['1.3', '2.2', '2.4', '2.7', '2.10', '2.11', '3.2', '3.3', '4.2'];

export interface MeasureRow {
  id: MeasureId;
  covered: boolean;
  asks: string;
  here: string;
}

export const measureRows = (text: Text): MeasureRow[] =>
  MEASURE_IDS.map((id) => ({
    id,
    covered: !NOT_COVERED.includes(id),
    asks: text(`measure.${id}.asks`),
    here: text(`measure.${id}.here`),
  }));
