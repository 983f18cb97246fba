import type { TextCode } from '../format/text/catalogue.js';
import { bytes, decimal, duration, integer, percent } from '../format/units.js';
import { plainName } from '../format/views/names.js';
import type { QuantizationLayer, QuantizationPlan, QuantizationSection } from '../protocol/quantization.js';
import type { Report } from '../protocol/report.js';
import type { Message } from '../protocol/text.js';
import { alternativesLines } from './alternativesText.js';
import { pruningLines } from './pruningText.js';
import { titleLine, warningLines } from './text/common.js';
import { section, table } from './text/table.js';
import type { Terminal } from './terminal.js';

type TextOf = Terminal['text'];

const LAYERS_SHOWN = 80;

/** For each scenario the verdict for the model, the plans that were measured, and the verdict for each layer. */
export function quantizeLines(report: Report, terminal: Terminal): string[] {
  const first = report.scenarios[0] ?? null;
  const several = report.quantization.length > 1;
  return [
    titleLine(report, first, terminal),
    ...report.quantization.flatMap((found) => sectionLines(report, found, several, terminal)),
    ...alternativesLines(report, terminal),
    ...warningLines(report, first, terminal),
  ];
}

function sectionLines(report: Report, found: QuantizationSection, several: boolean, terminal: Terminal): string[] {
  const { text } = terminal;
  const { method, samples, source, synthetic } = found.calibration;
  const calibration = text('cli.quantize.calibration', {
    method,
    samples: integer(samples),
    source: synthetic ? text('cli.quantize.synthetic') : plainName(source),
  });
  const { labels } = found;
  const scenario = report.scenarios.find(({ id }) => id === found.scenarioId);
  return [
    '',
    ...(several ? [text('cli.quantize.scenario', { label: plainName(scenario?.label ?? '') }), ''] : []),
    ...found.explanation.map((message) => `  ${explained(message, text)}`),
    '',
    `  ${calibration}`,
    ...(labels
      ? [`  ${text('cli.quantize.labels', { used: integer(labels.used), source: plainName(labels.source) })}`]
      : []),
    ...section(text('cli.section.plans'), planLines(found, text)),
    ...section(text('cli.section.layers'), layerLines(report, found, terminal)),
    ...pruningLines(report, found, terminal),
  ];
}

/** A method stands in messages by its code. */
function explained({ code, params }: Message, text: TextOf): string {
  const method = params['method'];
  return text.message({
    code,
    params: typeof method === 'string' ? { ...params, method: methodName(method, text) } : params,
  });
}

const methodName = (method: string, text: TextOf): string => {
  const name = text(`quantization.method.${method}` as TextCode);
  return name.startsWith('quantization.') ? method : name;
};

interface PlanColumn {
  heading: TextCode;
  cell: (measured: NonNullable<QuantizationPlan['measured']>, text: TextOf) => string;
  /** Left out where no plan has such a figure; always there without. */
  shown?: (measured: NonNullable<QuantizationPlan['measured']>) => boolean;
}

const change = (before: string, after: string, text: TextOf): string => text('cli.quantize.change', { before, after });

const PLAN_COLUMNS: readonly PlanColumn[] = [
  { heading: 'cli.column.median', cell: ({ medianNs }) => duration(medianNs) },
  { heading: 'cli.column.speedup', cell: ({ speedup }) => `${decimal(speedup, 2)} ×` },
  {
    heading: 'cli.column.interval',
    cell: ({ speedupInterval: [low, high] }) => `${decimal(low, 2)} – ${decimal(high, 2)}`,
  },
  {
    heading: 'cli.column.sqnr',
    cell: ({ sqnrDb }, text) => (sqnrDb === null ? text('cli.quantize.unknown') : `${decimal(sqnrDb, 1)} dB`),
  },
  {
    heading: 'cli.column.cosine',
    cell: ({ cosine }, text) => (cosine === null ? text('cli.quantize.unknown') : decimal(cosine, 4)),
  },
  { heading: 'cli.column.agreement', cell: answersCell },
  {
    heading: 'cli.column.accuracy',
    cell: ({ accuracy }, text) => (accuracy ? change(percent(accuracy.float), percent(accuracy.quantized), text) : '–'),
    shown: ({ accuracy }) => accuracy != null,
  },
  {
    heading: 'cli.column.ece',
    cell: ({ accuracy }, text) =>
      accuracy ? change(decimal(accuracy.eceFloat, 3), decimal(accuracy.eceQuantized, 3), text) : '–',
    shown: ({ accuracy }) => accuracy != null,
  },
  { heading: 'cli.column.size', cell: ({ fileBytes }) => bytes(fileBytes) },
  {
    heading: 'cli.column.memory',
    cell: ({ peakResidentBytes }) => (peakResidentBytes == null ? '–' : bytes(peakResidentBytes)),
    shown: ({ peakResidentBytes }) => peakResidentBytes != null,
  },
];

function answersCell({ agreement, answers }: NonNullable<QuantizationPlan['measured']>, text: TextOf): string {
  if (agreement === null) return '–';
  if (!answers) return percent(agreement);
  return text('cli.quantize.answers', { same: integer(answers.same), items: integer(answers.items) });
}

function planLines(found: QuantizationSection, text: TextOf): string[] {
  if (found.plans.length === 0) return [];
  const measured = found.plans.flatMap((plan) => plan.measured ?? []);
  const shown = PLAN_COLUMNS.filter((column) => !column.shown || measured.some(column.shown));
  const rows = found.plans.map((plan) => {
    const name = methodName(plan.method, text);
    const title = plan.id === found.recommended ? text('cli.quantize.recommended', { plan: name }) : name;
    const cells = shown.map(({ cell }, column) => {
      if (plan.measured) return cell(plan.measured, text);
      return column === 0 ? text('cli.quantize.failed') : '';
    });
    return [title, integer(plan.assignments.length), ...cells];
  });
  return table(
    [
      { heading: text('cli.column.plan'), align: 'left' },
      { heading: text('cli.column.layers'), align: 'right' },
      ...shown.map(({ heading }) => ({ heading: text(heading), align: 'right' as const })),
    ],
    [...floatRow(found, shown, text), ...rows],
  );
}

/** The model as it is, with what is known of it. */
function floatRow(found: QuantizationSection, shown: readonly PlanColumn[], text: TextOf): string[][] {
  const floatNs = found.plans.find(({ measured }) => measured)?.measured?.floatNs ?? null;
  const { float } = found;
  if (!float || floatNs === null) return [];
  const cells: Partial<Record<TextCode, string>> = {
    'cli.column.median': duration(floatNs),
    'cli.column.size': bytes(float.fileBytes),
    'cli.column.memory': float.peakResidentBytes === null ? '–' : bytes(float.peakResidentBytes),
  };
  return [[text('cli.quantize.float'), '', ...shown.map(({ heading }) => cells[heading] ?? '')]];
}

function layerLines(report: Report, found: QuantizationSection, { text, width }: Terminal): string[] {
  const operators = new Map(report.operators.map((operator) => [operator.id, operator]));
  const order = new Map(report.operators.map(({ id }, position) => [id, position]));
  const layers = [...found.layers].sort((a, b) => (order.get(a.operatorId) ?? 0) - (order.get(b.operatorId) ?? 0));
  const rows = layers.slice(0, LAYERS_SHOWN).map((layer) => {
    const operator = operators.get(layer.operatorId);
    return [plainName(operator?.name || layer.operatorId), operator?.opType ?? '', ...layerCells(layer, text)];
  });
  if (rows.length === 0) return [];
  const columns = [
    { heading: text('cli.column.layer'), align: 'left', maximum: Math.max(20, Math.floor(width * 0.25)) },
    { heading: '', align: 'left' },
    { heading: text('cli.column.float'), align: 'right' },
    { heading: text('cli.column.int8'), align: 'right' },
    { heading: text('cli.column.alone'), align: 'right' },
    { heading: text('cli.column.ownError'), align: 'right' },
    { heading: text('cli.column.verdict'), align: 'left' },
    { heading: text('cli.column.reason'), align: 'left' },
  ] as const;
  const lines = table(columns, rows);
  return layers.length > LAYERS_SHOWN ? [...lines, text('page.more', { number: layers.length - LAYERS_SHOWN })] : lines;
}

function layerCells({ trials, verdict, reason, nearlyZero }: QuantizationLayer, text: TextOf): string[] {
  const [trial] = trials;
  const own = trial?.layerSqnrDb == null ? '–' : `${decimal(trial.layerSqnrDb, 1)} dB`;
  return [
    duration(trial?.floatNs ?? null),
    duration(trial?.kernelNs ?? trial?.candidateNs ?? null),
    trial?.sqnrDb == null ? '–' : `${decimal(trial.sqnrDb, 1)} dB`,
    nearlyZero ? text('cli.quantize.silent') : own,
    text(`quantization.layer.${verdict}`),
    text.message(reason),
  ];
}
