/** Figures of a run that was recorded elsewhere: means over the runs after the warm-up, as they were recorded. */

import type { Kernel, Latency, Overhead } from '../../protocol/report.js';
import type { OptimizedNode } from '../attribution/types.js';
import type { KernelSeries, SeriesCollector } from '../trace/series.js';
import type { TracedShape } from '../trace/types.js';
import { latencyOf } from './clockVerdict.js';
import type { KernelOwners } from './kernelOwners.js';
import { bytesOfShape } from './kernelTotals.js';
import { medianOf, studentT975 } from './statistics.js';

/** A leading run so much slower than the later ones is warm-up. */
const SLOWER_THAN_LATER = 1.25;
const MOST_PARTS = 10;
const RUNS_IN_PART = 3;
/** Recording one event costs 1 to 5 µs: a call of this size or less says little. */
const LEAST_TRUSTED_NS = 5000;

/** The first run, and those after it that are still slower than the later half; at most half of all. 0 for one run. */
export function warmUpRuns(durationsUs: readonly number[]): number {
  if (durationsUs.length < 2) return 0;
  const most = Math.max(1, Math.floor(durationsUs.length / 2));
  const usual = medianOf(durationsUs.slice(most));
  let count = 1;
  while (count < most && durationsUs[count]! > usual * SLOWER_THAN_LATER) count += 1;
  return count;
}

export interface ImportedRuns {
  warmUp: number;
  counted: number;
  latency: Latency;
}

/** Equal parts one after the other stand for rounds. null without a run. */
export function importedLatency(
  runs: readonly { durationUs: number }[],
  sessionCreateUs: number | null,
): ImportedRuns | null {
  const durations = runs.map(({ durationUs }) => durationUs);
  const warmUp = warmUpRuns(durations);
  const samples = durations.slice(warmUp).map((us) => us * 1000);
  const parts = Math.max(1, Math.min(MOST_PARTS, Math.floor(samples.length / RUNS_IN_PART)));
  const rounds = Array.from({ length: parts }, (_, part) => ({
    samplesNs: samples.slice(
      Math.floor((part * samples.length) / parts),
      Math.floor(((part + 1) * samples.length) / parts),
    ),
    otherLoadCores: null,
    referenceNs: null,
    kept: true,
  }));
  const latency = latencyOf(rounds, {
    sessionCreateNs: sessionCreateUs === null ? null : sessionCreateUs * 1000,
    firstRunNs: durations[0] === undefined ? null : durations[0] * 1000,
  });
  return latency && { warmUp, counted: samples.length, latency };
}

export interface ImportedKernels {
  kernels: Kernel[];
  overhead: Overhead;
}

/**
 * Kernels and what lies between them. Together they are the median: the means are scaled only where they add up to
 * more, as when a few runs were far slower than the others.
 */
export function importedKernels(
  { kernels: series }: Pick<SeriesCollector, 'kernels'>,
  { warmUp, counted, latency }: ImportedRuns,
  owners: KernelOwners,
  nodes: readonly OptimizedNode[],
): ImportedKernels {
  const means = series.map((one) => meansOf(one, warmUp, counted));
  const topNs = series.reduce((sum, { parent }, index) => sum + (parent ? 0 : means[index]!.totalNs), 0);
  const scale = topNs > latency.medianNs ? latency.medianNs / topNs : 1;
  const ids = new Map(series.map((one, index) => [one, `k${index}`]));
  const kernels = series.map((one, index): Kernel => {
    const { totalNs, selfNs, errorNs, calls, runTimes } = means[index]!;
    const timeNs = totalNs * scale;
    const shapes = one.shapesVary ? { inputShapes: [], outputShapes: [] } : one;
    const totals = {
      ...{ name: one.name, opType: one.opType, provider: one.provider, node: ownedNode(nodes[index]), parent: null },
      ...{ groups: [], parameterBytes: 0, inputShapes: shapes.inputShapes, outputShapes: shapes.outputShapes },
      readBytes: one.shapesVary ? null : bytesOf(one.inputShapes, calls),
      writtenBytes: one.shapesVary ? null : bytesOf(one.outputShapes, calls),
    };
    return {
      id: `k${index}`,
      parentId: one.parent ? (ids.get(one.parent) ?? null) : null,
      opType: one.opType,
      provider: one.provider,
      timeNs,
      selfTimeNs: selfNs * scale,
      errorNs,
      roundTimesNs: runTimes,
      share: latency.medianNs > 0 ? timeNs / latency.medianNs : 0,
      trusted: calls > 0 && totalNs / calls >= LEAST_TRUSTED_NS,
      callsPerRun: calls,
      inputShapes: totals.inputShapes.map(({ dims }) => [...dims]),
      outputShapes: totals.outputShapes.map(({ dims }) => [...dims]),
      bound: null,
      attainedOfRoof: null,
      ...owners.describe(totals, calls),
    };
  });
  return {
    kernels,
    overhead: { timeNs: Math.max(0, latency.medianNs - topNs * scale), scale, eventCostNs: null },
  };
}

/** Nothing is counted of a kernel whose nodes are not known; what the runtime inserted counts nothing. */
const ownedNode = (node: OptimizedNode | undefined): OptimizedNode | null =>
  node && (node.operatorIds.length > 0 || node.kind !== 'compute') ? node : null;

/** Older runtimes write no shapes: then bytes are not known. */
function bytesOf(shapes: readonly TracedShape[], calls: number): number | null {
  if (shapes.length === 0) return null;
  const each = shapes.map(bytesOfShape);
  return each.some((bytes) => bytes === null)
    ? null
    : each.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0) * calls;
}

interface Means {
  totalNs: number;
  selfNs: number;
  /** Half width of the mean's 95 % interval; as wide as the time where one run is all there is. */
  errorNs: number;
  calls: number;
  runTimes: number[];
}

/** Over all counted runs: one in which the kernel did not run counts as nothing. */
function meansOf(series: KernelSeries, warmUp: number, counted: number): Means {
  let [total, square, self, calls] = [0, 0, 0, 0];
  const parts = Math.max(1, Math.min(MOST_PARTS, Math.floor(counted / RUNS_IN_PART)));
  const runTimes = Array.from({ length: parts }, () => 0);
  for (const [position, run] of series.runs.entries()) {
    if (run < warmUp) continue;
    const ns = series.totalUs[position]! * 1000;
    total += ns;
    square += ns * ns;
    self += series.selfUs[position]! * 1000;
    calls += series.calls[position]!;
    const part = Math.min(parts - 1, Math.floor(((run - warmUp) * parts) / counted));
    runTimes[part]! += ns / partSize(part, parts, counted);
  }
  const mean = total / counted;
  const variance = counted < 2 ? 0 : Math.max(0, (square - counted * mean * mean) / (counted - 1));
  const errorNs = counted < 2 ? mean : studentT975(counted - 1) * Math.sqrt(variance / counted);
  return { totalNs: mean, selfNs: self / counted, errorNs, calls: calls / counted, runTimes };
}

const partSize = (part: number, parts: number, counted: number): number =>
  Math.max(1, Math.floor(((part + 1) * counted) / parts) - Math.floor((part * counted) / parts));
