/** A hotspot row as text: one unit and one count of decimals a column. */

import type { Kernel } from '../../protocol/report.js';
import type { Text } from '../text/text.js';
import {
  byteUnit,
  bytes,
  countUnit,
  decimal,
  decimalsFor,
  duration,
  durationUnit,
  inUnit,
  integer,
  percent,
  shape,
  type Unit,
} from '../units.js';
import type { HotspotRow, HotspotTable } from './hotspots.js';
import { kernelReasons } from './kernelReasons.js';
import { layoutNeighbour } from './layoutNeighbour.js';
import { plainName } from './names.js';
import { richText, type RichText } from './richText.js';
import { mainOperator, operatorName, type ScenarioIndex } from './scenarioIndex.js';

export interface HotspotColumns {
  time: Unit;
  timeDecimals: number;
  macs: Unit;
}

export interface HotspotCells {
  share: string;
  time: string;
  error: string;
  /** Op type, or what was gathered. */
  title: string;
  /** Names of the nodes that it runs; whole: the front shortens. */
  subtitle: string;
  /** How many characters of `subtitle` name the node; what follows was fused into it. */
  nodeLength: number;
  shape: string;
  macs: string;
  gflops: string;
}

/** Units for a whole table. */
export function hotspotColumns(table: HotspotTable): HotspotColumns {
  const time = durationUnit(table.largestTimeNs);
  return {
    time,
    timeDecimals: Math.max(1, decimalsFor(table.largestTimeNs / time.scale)),
    macs: countUnit(table.largestMacs),
  };
}

export function hotspotCells(index: ScenarioIndex, row: HotspotRow, columns: HotspotColumns, text: Text): HotspotCells {
  const { title, subtitle, nodeLength } = rowName(index, row, text);
  const one = row.kind === 'kernel' ? row.kernels[0] : undefined;
  return {
    share: decimal(row.share * 100, 1),
    time: inUnit(row.timeNs, columns.time, columns.timeDecimals),
    // One run has shown nothing of how it varies.
    error: index.scenario.run.tracedRuns < 2 ? '± ?' : `± ${inUnit(row.errorNs, columns.time, columns.timeDecimals)}`,
    title,
    subtitle,
    nodeLength: nodeLength ?? subtitle.length,
    shape: one ? shape(one.outputShapes[0] ?? null) : '',
    macs: row.macs === null || row.macs === 0 ? '–' : inUnit(row.macs, columns.macs, columns.macs.label === '' ? 0 : 1),
    gflops: row.gflops === null ? '–' : decimal(row.gflops, row.gflops < 10 ? 1 : 0),
  };
}

interface KernelName {
  title: string;
  subtitle: string;
  /** Characters of `subtitle` before what was fused; absent for all of it. */
  nodeLength?: number;
}

function rowName(index: ScenarioIndex, row: HotspotRow, text: Text): KernelName {
  switch (row.kind) {
    case 'kernel':
      return kernelName(index, row.kernels[0]!, text);
    case 'group':
      return {
        title: plainName(row.name) || text('page.hotspots.noModule'),
        subtitle: text.plural('page.hotspots.kernels', row.kernels.length, { number: integer(row.kernels.length) }),
      };
    case 'untrusted': {
      const largestNs = Math.max(...row.kernels.slice(0, 10_000).map((kernel) => kernel.selfTimeNs));
      return {
        title: text.plural('page.hotspots.untrusted', row.kernels.length, {
          number: integer(row.kernels.length),
          time: duration(roundUp(largestNs)),
        }),
        subtitle: text('page.hotspots.untrustedWhy'),
      };
    }
    case 'rest':
      return {
        title: text.plural('page.hotspots.rest', row.kernels.length, { number: integer(row.kernels.length) }),
        subtitle: '',
      };
  }
}

/** To the next figure of one digit, so that "under" stays true. */
function roundUp(ns: number): number {
  if (ns <= 0) return 0;
  const digit = 10 ** Math.floor(Math.log10(ns));
  return Math.ceil(ns / digit) * digit;
}

/** `Conv` and `p2o.Conv.61 + BatchNormalization + Relu`: the type, the node it is named after, what was fused into it. */
export function kernelName(index: ScenarioIndex, kernel: Kernel, text: Text): KernelName {
  const main = mainOperator(index, kernel);
  if (!main) return { title: kernel.opType, subtitle: plainName(unownedName(index, kernel, text)) };
  const fused = kernel.operatorIds
    .map((id) => index.operators.get(id))
    .filter((operator) => operator !== undefined && operator.id !== main.id)
    .map((operator) => operator?.opType ?? '');
  const most = 4;
  const more =
    fused.length > most ? [...fused.slice(0, most), text('page.more', { number: fused.length - most })] : fused;
  const name = operatorName(index, main);
  return { title: kernel.opType, subtitle: plainName([name, ...more].join(' + ')), nodeLength: name.length };
}

/** Of what the runtime added: beside whom it stands says more than the number that the runtime gave it. */
function unownedName(index: ScenarioIndex, kernel: Kernel, text: Text): string {
  if (kernel.kind === 'compute') return kernel.name;
  const neighbour = layoutNeighbour(index, kernel);
  if (!neighbour) return `${text(`page.kind.${kernel.kind}`)} ${kernel.name}`;
  const operator = mainOperator(index, neighbour.kernel);
  const name = operator ? operatorName(index, operator) : neighbour.kernel.name;
  return text(`page.kind.layout.${neighbour.side}`, { name });
}

export interface DetailLine {
  parts: RichText;
  /** What "How do you know?" behind the line answers. */
  evidence: 'bound' | null;
}

/** What stands under an opened row, one line each. */
export function kernelDetail(index: ScenarioIndex, kernel: Kernel, text: Text): DetailLine[] {
  const lines: DetailLine[] = [{ parts: [{ text: whatItTakes(index, kernel, text), strong: false }], evidence: null }];
  const add = (parts: RichText, evidence: DetailLine['evidence'] = null): void => {
    lines.push({ parts, evidence });
  };
  if (kernel.bound !== null) add(boundLine(kernel, kernel.bound, index.report.roofline, text), 'bound');
  for (const reason of kernelReasons(index, kernel, text)) add(reason);
  const inside = index.scenario.kernels.filter((other) => other.parentId === kernel.id).length;
  if (inside > 0) add(richText(text, 'page.detail.nested', { number: integer(inside), time: duration(kernel.timeNs) }));
  const where: string[] = [];
  if (kernel.operatorIds.length > 1)
    where.push(text('page.detail.runs', { nodes: ownedNodes(index, kernel, 12, text) }));
  if (kernel.module !== '') where.push(text('page.detail.module', { module: plainName(kernel.module) }));
  if (where.length > 0) add([{ text: where.join(' · '), strong: false }]);
  return lines;
}

/** `Input 1 × 96 × 160 × 160 · reads 9.38 MiB, writes 2.34 MiB · 25 runs traced`. */
function whatItTakes(index: ScenarioIndex, kernel: Kernel, text: Text): string {
  const parts: string[] = [];
  const inputs = kernel.inputShapes.slice(0, 4).map((dims) => shape(dims));
  if (inputs.length > 0) parts.push(text('page.detail.inputs', { inputs: inputs.join('; ') }));
  const { readBytes, writtenBytes, callsPerRun } = kernel;
  if (readBytes !== null && writtenBytes !== null && readBytes + writtenBytes > 0)
    parts.push(text('page.detail.bytes', { read: bytes(readBytes), written: bytes(writtenBytes) }));
  if (callsPerRun > 1)
    parts.push(text('page.detail.calls', { number: decimal(callsPerRun, Number.isInteger(callsPerRun) ? 0 : 1) }));
  const { tracedRuns } = index.scenario.run;
  parts.push(text.plural('page.detail.traced', tracedRuns, { number: integer(tracedRuns) }));
  return parts.join(' · ');
}

function boundLine(
  kernel: Kernel,
  bound: 'compute' | 'memory' | 'overhead',
  roofline: ScenarioIndex['report']['roofline'],
  text: Text,
): RichText {
  if (bound === 'overhead') return richText(text, 'page.detail.bound.overhead');
  if (!roofline || kernel.attainedOfRoof === null) return richText(text, `page.detail.bound.${bound}`);
  const attained = percent(kernel.attainedOfRoof);
  if (bound === 'compute') {
    const [low, high] = roofline.spread.flopPerSecond;
    return richText(text, 'page.detail.bound.computeOf', {
      attained,
      roof: decimal(roofline.peakFlopPerSecond / 1e9, 0),
      low: decimal(low / 1e9, 0),
      high: decimal(high / 1e9, 0),
    });
  }
  const unit = byteUnit(roofline.memoryBytesPerSecond);
  const [low, high] = roofline.spread.bytesPerSecond;
  const inRoofUnit = (value: number): string => inUnit(value, unit, 1);
  return richText(text, 'page.detail.bound.memoryOf', {
    attained,
    roof: inRoofUnit(roofline.memoryBytesPerSecond),
    low: inRoofUnit(low),
    high: inRoofUnit(high),
    unit: unit.label,
  });
}

/** The nodes that a kernel runs, for people and for copying; at most `maximum`, the others counted. */
export function ownedNodes(index: ScenarioIndex, kernel: Kernel, maximum: number, text: Text): string {
  const names = kernel.operatorIds.slice(0, maximum).map((id) => {
    const operator = index.operators.get(id);
    return operator ? `${operator.opType} ${plainName(operatorName(index, operator))}` : id;
  });
  const more = kernel.operatorIds.length - names.length;
  return [...names, ...(more > 0 ? [text('page.more', { number: more })] : [])].join(', ');
}
