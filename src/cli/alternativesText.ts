import path from 'node:path';
import { bytes, decimal, duration, integer, percent } from '../format/units.js';
import { plainName } from '../format/views/names.js';
import type { AlternativeModel, AlternativesSection } from '../protocol/quantization.js';
import type { Report } from '../protocol/report.js';
import { section, table } from './text/table.js';
import type { Terminal } from './terminal.js';

type TextOf = Terminal['text'];

/** For each scenario the model and the others: time, size, and how far their outputs agree. */
export function alternativesLines(report: Report, { text }: Terminal): string[] {
  return (report.alternatives ?? []).flatMap((found) => {
    const own = [text('cli.quantize.thisModel', { file: plainName(path.basename(report.model.path)) })];
    const rows = [
      [...own, duration(found.medianNs), '', '', bytes(found.fileBytes), integer(found.parameterCount), '', '', ''],
      ...found.models.map((model) => row(model, text)),
    ];
    const scenario = report.scenarios.find(({ id }) => id === found.scenarioId);
    const heading = text('cli.section.alternatives');
    return section(several(report) ? `${heading} · ${plainName(scenario?.label ?? '')}` : heading, [
      ...table(columns(text), rows),
      ...reasons(found, text),
    ]);
  });
}

const several = ({ alternatives }: Report): boolean => (alternatives?.length ?? 0) > 1;

const columns = (text: TextOf) =>
  [
    { heading: text('cli.column.model'), align: 'left' },
    { heading: text('cli.column.median'), align: 'right' },
    { heading: text('cli.column.speedup'), align: 'right' },
    { heading: text('cli.column.interval'), align: 'right' },
    { heading: text('cli.column.size'), align: 'right' },
    { heading: text('cli.column.parameters'), align: 'right' },
    { heading: text('cli.column.cosine'), align: 'right' },
    { heading: text('cli.column.agreement'), align: 'right' },
    { heading: text('cli.column.accuracy'), align: 'right' },
  ] as const;

function row({ path: file, fileBytes, parameterCount, measured }: AlternativeModel, text: TextOf): string[] {
  const name = plainName(path.basename(file));
  if (!measured) return [name, '–', '', '', fileBytes > 0 ? bytes(fileBytes) : '–', '', '', '', ''];
  const { medianNs, speedup, speedupInterval, cosine, answers, accuracy } = measured;
  return [
    name,
    duration(medianNs),
    `${decimal(speedup, 2)} ×`,
    `${decimal(speedupInterval[0], 2)} – ${decimal(speedupInterval[1], 2)}`,
    bytes(fileBytes),
    integer(parameterCount),
    cosine === null ? text('cli.quantize.unknown') : decimal(cosine, 4),
    answers ? text('cli.quantize.answers', { same: integer(answers.same), items: integer(answers.items) }) : '–',
    accuracy
      ? text('cli.quantize.change', { before: percent(accuracy.model), after: percent(accuracy.alternative) })
      : '–',
  ];
}

const reasons = ({ models }: AlternativesSection, text: TextOf): string[] =>
  models.flatMap(({ path: file, reason }) =>
    reason ? [`  ${plainName(path.basename(file))}: ${text.message(reason)}`] : [],
  );
