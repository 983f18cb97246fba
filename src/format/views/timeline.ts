/**
 * One run along time: kernels in the order of execution, each as long as its corrected time, a lane for each module.
 * Kernels of one run follow each other: the runtime runs one at a time, on all its threads.
 */

import type { Kernel } from '../../protocol/report.js';
import type { Text } from '../text/text.js';
import { duration, integer } from '../units.js';
import { kernelName } from './hotspotText.js';
import { moduleTree, type ModuleNode } from './layers.js';
import { shortenMiddle } from './names.js';
import { richText, type RichText } from './richText.js';
import { categoryOf, type KernelCategory, type ScenarioIndex } from './scenarioIndex.js';

export interface TimelineBar {
  kernel: Kernel;
  startNs: number;
  durationNs: number;
  category: KernelCategory;
}

export interface TimelineLane {
  /** Path of the module; null for those gathered, and for kernels without a module. */
  module: string | null;
  /** How many modules were gathered in it; 0 for a lane of its own. */
  gathered: number;
  bars: TimelineBar[];
  timeNs: number;
}

export interface TimelineView {
  lanes: TimelineLane[];
  /** In the order of execution. */
  bars: TimelineBar[];
  kernelsNs: number;
  outsideNs: number;
}

const MOST_LANES = 14;
const FEWEST_LANES = 4;
const DEEPEST = 4;

/** A kernel that holds others has a bar of its own time, in front of theirs; a loop's kernels have all their calls in one. */
export function timelineView(index: ScenarioIndex): TimelineView {
  const bars: TimelineBar[] = [];
  let startNs = 0;
  for (const kernel of index.scenario.kernels) {
    bars.push({ kernel, startNs, durationNs: kernel.selfTimeNs, category: categoryOf(kernel) });
    startNs += kernel.selfTimeNs;
  }
  return {
    lanes: lanesOf(index, bars),
    bars,
    kernelsNs: startNs,
    outsideNs: index.scenario.overhead?.timeNs ?? 0,
  };
}

/** Where nearly all lies in one module, that one is opened: a single lane tells nothing. */
function laneModules(index: ScenarioIndex): Set<string> {
  let modules = moduleTree(index).children;
  for (let depth = 0; depth < DEEPEST && modules.length < FEWEST_LANES; depth++) {
    const largest = modules.reduce<ModuleNode | null>(
      (best, one) => (best && best.timeNs >= one.timeNs ? best : one),
      null,
    );
    if (!largest || largest.children.length === 0) break;
    const own = largest.kernels.reduce((sum, kernel) => sum + kernel.selfTimeNs, 0);
    const opened = { ...largest, children: [], timeNs: own };
    modules = modules.flatMap((one) => (one === largest ? [opened, ...largest.children] : [one]));
  }
  return new Set(modules.map(({ path }) => path));
}

/** Outermost modules in the order of their first kernel; the shortest share a lane where there are too many. */
function lanesOf(index: ScenarioIndex, bars: readonly TimelineBar[]): TimelineLane[] {
  const modules = laneModules(index);
  const inside = new Map<string | null, TimelineBar[]>();
  for (const bar of bars) {
    const module = laneOf(bar.kernel.module, modules);
    const known = inside.get(module);
    if (known) known.push(bar);
    else inside.set(module, [bar]);
  }
  const lanes = [...inside].map(([module, own]): TimelineLane => ({
    module,
    gathered: 0,
    bars: own,
    timeNs: timeOf(own),
  }));
  if (lanes.length <= MOST_LANES) return lanes;
  const kept = new Set([...lanes].sort((a, b) => b.timeNs - a.timeNs).slice(0, MOST_LANES - 1));
  const rest = lanes.filter((lane) => !kept.has(lane));
  const restBars = rest.flatMap((lane) => lane.bars).sort((a, b) => a.startNs - b.startNs);
  return [
    ...lanes.filter((lane) => kept.has(lane)),
    { module: null, gathered: rest.length, bars: restBars, timeNs: timeOf(restBars) },
  ];
}

const timeOf = (bars: readonly TimelineBar[]): number => bars.reduce((total, bar) => total + bar.durationNs, 0);

/** The tree joins names, so that its paths are longer than one name: the longest prefix that is a lane. */
function laneOf(module: string, lanes: ReadonlySet<string>): string | null {
  let names = module.split('/', 32).filter((name) => name !== '');
  while (names.length > 0) {
    const path = names.join('/');
    if (lanes.has(path)) return path;
    names = names.slice(0, -1);
  }
  return null;
}

export function timelineSentence(index: ScenarioIndex, view: TimelineView, text: Text): RichText {
  const longest = view.bars.reduce<TimelineBar | null>(
    (best, bar) => (best === null || bar.durationNs > best.durationNs ? bar : best),
    null,
  );
  if (!longest) return richText(text, 'page.timeline.none');
  const { title, subtitle } = kernelName(index, longest.kernel, text);
  return richText(text, 'page.timeline.sentence', {
    count: integer(view.bars.length),
    kernels: duration(view.kernelsNs),
    outside: duration(view.outsideNs),
    kernel: shortenMiddle(`${title} ${subtitle}`, 60),
    time: duration(longest.durationNs),
  });
}

/** Bars narrower than a pixel become one: what is drawn stays bounded, whatever the model. */
export function drawnBars(bars: readonly TimelineBar[], nsPerPixel: number): TimelineBar[][] {
  const drawn: TimelineBar[][] = [];
  let endNs = -Infinity;
  for (const bar of bars) {
    const last = drawn[drawn.length - 1];
    const small = bar.durationNs < nsPerPixel;
    const first = last?.[0];
    if (last && first && small && bar.startNs - endNs < nsPerPixel && bar.startNs - first.startNs < nsPerPixel)
      last.push(bar);
    else drawn.push([bar]);
    endNs = bar.startNs + bar.durationNs;
  }
  return drawn;
}
