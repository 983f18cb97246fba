import { decimal, duration, integer, percent } from '../format/units.js';
import { plainName } from '../format/views/names.js';
import type { PruningLayer, QuantizationSection } from '../protocol/quantization.js';
import type { Report } from '../protocol/report.js';
import { section, table } from './text/table.js';
import type { Terminal } from './terminal.js';

const LAYERS_SHOWN = 20;

const savedNs = ({ removal }: PruningLayer): number => (removal ? removal.floatNs - removal.prunedNs : -Infinity);

/** Layers by what a quarter fewer channels would save; those where none can go last. */
export function pruningLines(report: Report, { pruning }: QuantizationSection, { text, width }: Terminal): string[] {
  if (!pruning) return [];
  const names = new Map(report.operators.map(({ id, name }) => [id, name]));
  const layers = [...pruning.layers].sort((a, b) => savedNs(b) - savedNs(a));
  const rows = layers.slice(0, LAYERS_SHOWN).map((layer) => {
    const { removal, channelNorms, reason } = layer;
    return [
      plainName(names.get(layer.operatorId) ?? layer.operatorId),
      percent(layer.zeroShare),
      percent(layer.nearZeroShare),
      integer(layer.channels),
      `${decimal(channelNorms.min, 2)} – ${decimal(channelNorms.max, 2)}`,
      duration(removal?.floatNs ?? null),
      duration(removal?.prunedNs ?? null),
      removal ? percent(savedNs(layer) / removal.floatNs) : '–',
      reason ? text.message(reason) : '',
    ];
  });
  const columns = [
    { heading: text('cli.column.layer'), align: 'left', maximum: Math.max(20, Math.floor(width * 0.25)) },
    { heading: text('cli.column.zeros'), align: 'right' },
    { heading: text('cli.column.nearZeros'), align: 'right' },
    { heading: text('cli.column.channels'), align: 'right' },
    { heading: text('cli.column.norms'), align: 'right' },
    { heading: text('cli.column.float'), align: 'right' },
    { heading: text('cli.column.pruned'), align: 'right' },
    { heading: text('cli.column.saved'), align: 'right' },
    { heading: text('cli.column.note'), align: 'left' },
  ] as const;
  const more = layers.length > LAYERS_SHOWN ? [text('page.more', { number: layers.length - LAYERS_SHOWN })] : [];
  const words = pruning.explanation.map((message) => `  ${text.message(message)}`);
  return section(text('cli.section.pruning'), [...table(columns, rows), ...more, ...words]);
}
