import type { TextCode } from '../format/text/catalogue.js';
import { bytes, decimal, duration, integer, percent } from '../format/units.js';
import { plainName } from '../format/views/names.js';
import type { QuantizationLayer, QuantizationPlan, QuantizationSection, Report } from '../protocol/report.js';
import type { Message } from '../protocol/text.js';
import { titleLine, warningLines } from './text/common.js';
import { section, table } from './text/table.js';
import type { Terminal } from './terminal.js';

const LAYERS_SHOWN = 80;

/** The verdict for the model, the plans that were measured, and the verdict for each layer. */
export function quantizeLines(report: Report, terminal: Terminal): string[] {
  const { text } = terminal;
  const scenario = report.scenarios[0] ?? null;
  const [found] = report.quantization;
  if (!found) return [titleLine(report, scenario, terminal)];
  const { method, samples, source, synthetic } = found.calibration;
  const calibration = text('cli.quantize.calibration', {
    method,
    samples: integer(samples),
    source: synthetic ? text('cli.quantize.synthetic') : plainName(source),
  });
  return [
    titleLine(report, scenario, terminal),
    '',
    ...found.explanation.map((message) => `  ${explained(message, text)}`),
    '',
    `  ${calibration}`,
    ...section(text('cli.section.plans'), planLines(found, text)),
    ...section(text('cli.section.layers'), layerLines(report, found, terminal)),
    ...warningLines(report, scenario, terminal),
  ];
}

/** A method stands in messages by its code. */
function explained({ code, params }: Message, text: Terminal['text']): string {
  const method = params['method'];
  return text.message({
    code,
    params: typeof method === 'string' ? { ...params, method: methodName(method, text) } : params,
  });
}

const methodName = (method: string, text: Terminal['text']): string => {
  const name = text(`quantization.method.${method}` as TextCode);
  return name.startsWith('quantization.') ? method : name;
};

function planLines(found: QuantizationSection, text: Terminal['text']): string[] {
  if (found.plans.length === 0) return [];
  const unknown = text('cli.quantize.unknown');
  const rows = found.plans.map((plan) => planRow(plan, plan.id === found.recommended, unknown, text));
  const columns = [
    { heading: text('cli.column.plan'), align: 'left' },
    { heading: text('cli.column.layers'), align: 'right' },
    { heading: text('cli.column.median'), align: 'right' },
    { heading: text('cli.column.speedup'), align: 'right' },
    { heading: text('cli.column.interval'), align: 'right' },
    { heading: text('cli.column.sqnr'), align: 'right' },
    { heading: text('cli.column.cosine'), align: 'right' },
    { heading: text('cli.column.agreement'), align: 'right' },
    { heading: text('cli.column.size'), align: 'right' },
  ] as const;
  return table(columns, rows);
}

function planRow(plan: QuantizationPlan, recommended: boolean, unknown: string, text: Terminal['text']): string[] {
  const { measured, assignments } = plan;
  const name = methodName(plan.method, text);
  const title = recommended ? text('cli.quantize.recommended', { plan: name }) : name;
  if (!measured) return [title, integer(assignments.length), text('cli.quantize.failed'), '', '', '', '', '', ''];
  const [low, high] = measured.speedupInterval;
  return [
    title,
    integer(assignments.length),
    duration(measured.medianNs),
    `${decimal(measured.speedup, 2)} ×`,
    `${decimal(low, 2)} – ${decimal(high, 2)}`,
    measured.sqnrDb === null ? unknown : `${decimal(measured.sqnrDb, 1)} dB`,
    measured.cosine === null ? unknown : decimal(measured.cosine, 4),
    measured.agreement === null ? '–' : percent(measured.agreement),
    bytes(measured.fileBytes),
  ];
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
    { heading: text('cli.column.verdict'), align: 'left' },
    { heading: text('cli.column.reason'), align: 'left' },
  ] as const;
  const lines = table(columns, rows);
  return layers.length > LAYERS_SHOWN ? [...lines, text('page.more', { number: layers.length - LAYERS_SHOWN })] : lines;
}

function layerCells({ trials, verdict, reason }: QuantizationLayer, text: Terminal['text']): string[] {
  const [trial] = trials;
  return [
    duration(trial?.floatNs ?? null),
    duration(trial?.kernelNs ?? trial?.candidateNs ?? null),
    trial?.sqnrDb == null ? '–' : `${decimal(trial.sqnrDb, 1)} dB`,
    text(`quantization.layer.${verdict}`),
    text.message(reason),
  ];
}
