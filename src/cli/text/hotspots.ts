import { decimal, inUnit, integer } from '../../format/units.js';
import { parseFilter } from '../../format/views/filter.js';
import { hotspotTable, type HotspotRow } from '../../format/views/hotspots.js';
import { type HotspotColumns, hotspotCells, hotspotColumns } from '../../format/views/hotspotText.js';
import { shareOf, type ScenarioIndex } from '../../format/views/scenarioIndex.js';
import type { Terminal } from '../terminal.js';
import { bar, table } from './table.js';

const ROWS_SHOWN = 12;
const BAR_WIDTH = 12;
/** Columns that everything but the names takes. */
const FIXED_WIDTH = 78;

/** The kernels that cost the most, then what is left, then what all of it adds up to: the median. */
export function hotspotLines(index: ScenarioIndex, terminal: Terminal): string[] {
  const { text } = terminal;
  if (index.scenario.kernels.length === 0) return [];
  const found = hotspotTable(index, {
    filter: parseFilter(index, ''),
    sort: 'share',
    descending: true,
    groupBy: 'kernel',
    expanded: new Set(),
    limit: ROWS_SHOWN,
  });
  const units = hotspotColumns(found);
  const rows = found.rows.map((row) => cells(index, row, units, found.largestShare, terminal));
  const names = Math.max(24, terminal.width - FIXED_WIDTH);
  const columns = [
    { heading: '%', align: 'right' },
    { heading: text('cli.column.share'), align: 'left' },
    { heading: units.time.label, align: 'right' },
    { heading: '±', align: 'right' },
    { heading: text('cli.column.kernel'), align: 'left', maximum: 40 },
    { heading: text('cli.column.operators'), align: 'left', maximum: names },
    { heading: text('cli.column.output'), align: 'left' },
    { heading: `${units.macs.label}MAC`, align: 'right' },
    { heading: 'GFLOP/s', align: 'right' },
  ] as const;
  return table(columns, [...rows, ...sumRows(index, units, terminal)]);
}

function cells(
  index: ScenarioIndex,
  row: HotspotRow,
  units: HotspotColumns,
  largestShare: number,
  { text }: Terminal,
): string[] {
  const cell = hotspotCells(index, row, units, text);
  const error = cell.error.replace(/^± /, '');
  const title = row.trusted || row.kind !== 'kernel' ? cell.title : `${cell.title} ?`;
  const drawn = largestShare > 0 ? bar(row.share / largestShare, BAR_WIDTH) : '';
  return [cell.share, drawn, cell.time, error, title, cell.subtitle, cell.shape, cell.macs, cell.gflops];
}

/** Time outside kernels, and the median that everything adds up to. */
function sumRows(index: ScenarioIndex, units: HotspotColumns, { text }: Terminal): string[][] {
  const { overhead, latency } = index.scenario;
  const line = (timeNs: number, title: string, note: string): string[] => [
    decimal(shareOf(index, timeNs) * 100, 1),
    '',
    inUnit(timeNs, units.time, units.timeDecimals),
    '',
    title,
    note,
  ];
  const rows: string[][] = [];
  if (overhead) rows.push(line(overhead.timeNs, text('cli.hotspots.outside'), ''));
  if (latency) {
    const kernels = integer(index.scenario.kernels.length);
    rows.push(line(latency.medianNs, text('cli.hotspots.total'), text('cli.hotspots.kernels', { number: kernels })));
  }
  return rows;
}
