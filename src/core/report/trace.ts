/**
 * One run of each scenario as Chrome trace events: what Perfetto, speedscope and chrome://tracing open. A process a
 * scenario, a track a provider; on it modules with their kernels inside, in the order of execution, each as long as
 * its corrected time. Times are multiples of 1/64 µs, which add up exactly: with others, readers find the end of one
 * kernel after the beginning of the next.
 */

import { createText } from '../../format/text/text.js';
import { providerLabel } from '../../format/providerNames.js';
import { kernelName, ownedNodes } from '../../format/views/hotspotText.js';
import { plainName, shortenMiddle } from '../../format/views/names.js';
import { indexScenario, type ScenarioIndex } from '../../format/views/scenarioIndex.js';
import type { Kernel, Report } from '../../protocol/report.js';

type Argument = string | number | boolean | null;

export interface TraceEventRecord {
  ph: 'M' | 'X' | 'C';
  pid: number;
  tid: number;
  name: string;
  cat?: string;
  /** Microseconds. */
  ts: number;
  dur?: number;
  args?: Record<string, Argument>;
}

const LONGEST_NAME = 200;
const LONGEST_ARGUMENT = 1000;
const MOST_NODES = 12;
const DEEPEST = 32;

export function writeTrace(report: Report): string {
  const events = report.scenarios.flatMap(({ id }, position) => {
    const index = indexScenario(report, id);
    return index ? scenarioEvents(index, position + 1) : [];
  });
  const { tool, createdAt, model, environment } = report;
  const otherData = {
    tool: `${tool.name} ${tool.version}`,
    createdAt,
    model: plainName(model.path),
    contentSha256: model.contentSha256 ?? '',
    runtime: `${environment.runtime} ${environment.runtimeVersion}`,
    cpu: plainName(environment.cpuModel),
  };
  // One event a line: readable, and half a file is still read.
  const lines = events.map((event) => JSON.stringify(event)).join(',\n');
  return `{"displayTimeUnit":"ms","otherData":${JSON.stringify(otherData)},"traceEvents":[\n${lines}\n]}\n`;
}

function scenarioEvents(index: ScenarioIndex, pid: number): TraceEventRecord[] {
  const { scenario, report } = index;
  const text = createText();
  const file = plainName(report.model.path.split(/[\\/]/).at(-1) ?? '');
  const label = plainName(scenario.label);
  const meta = (name: string, tid: number, args: Record<string, Argument>): TraceEventRecord => ({
    ph: 'M',
    pid,
    tid,
    name,
    ts: 0,
    args,
  });
  const tracks = new Map<string, Track>();
  const clock = { ns: 0 };
  const children = childrenOf(scenario.kernels);
  for (const kernel of children.get(null) ?? []) {
    let track = tracks.get(kernel.provider);
    if (!track) tracks.set(kernel.provider, (track = new Track(pid, tracks.size + 1, index, clock)));
    track.add(kernel, children);
  }
  const all = [...tracks].flatMap(([provider, track]) => [
    meta('thread_name', track.tid, {
      name: text('report.trace.track', { provider: providerLabel(provider) || text('page.unknown') }),
    }),
    ...track.end(),
  ]);
  const name = shortenMiddle(label === '' ? file : `${file} · ${label}`, LONGEST_NAME);
  return [meta('process_name', 0, { name }), ...all, ...memoryEvents(index, pid)];
}

function childrenOf(kernels: readonly Kernel[]): Map<string | null, Kernel[]> {
  const ids = new Set(kernels.map(({ id }) => id));
  const children = new Map<string | null, Kernel[]>();
  for (const kernel of kernels) {
    const parent = kernel.parentId !== null && ids.has(kernel.parentId) ? kernel.parentId : null;
    const known = children.get(parent);
    if (known) known.push(kernel);
    else children.set(parent, [kernel]);
  }
  return children;
}

/** Kernels run one after the other, whatever their provider: all tracks share one clock. */
class Track {
  private readonly events: TraceEventRecord[] = [];
  private open: { name: string; event: TraceEventRecord }[] = [];
  private lastEndNs = 0;

  constructor(
    private readonly pid: number,
    readonly tid: number,
    private readonly index: ScenarioIndex,
    private readonly clock: { ns: number },
  ) {}

  add(kernel: Kernel, children: ReadonlyMap<string | null, readonly Kernel[]>): void {
    this.enter(kernel.module.split('/', DEEPEST).filter((name) => name !== ''));
    this.addKernel(kernel, children, 0);
  }

  end(): TraceEventRecord[] {
    this.enter([]);
    return this.events;
  }

  /** Closes modules that this one is not inside of, opens those that it is. */
  private enter(path: readonly string[]): void {
    let same = 0;
    while (same < this.open.length && this.open[same]?.name === path[same]) same += 1;
    for (const { event } of this.open.slice(same)) close(event, this.lastEndNs);
    const entered = path.slice(same).map((name) => ({ name, event: this.begin(name, 'module') }));
    this.open = [...this.open.slice(0, same), ...entered];
  }

  private addKernel(kernel: Kernel, children: ReadonlyMap<string | null, readonly Kernel[]>, depth: number): void {
    const { title, subtitle } = kernelName(this.index, kernel, createText());
    const startNs = this.clock.ns;
    const name = subtitle === '' ? title : `${title} ${subtitle}`;
    const event = this.begin(name, kernel.kind, argumentsOf(this.index, kernel));
    if (depth < DEEPEST) for (const child of children.get(kernel.id) ?? []) this.addKernel(child, children, depth + 1);
    this.clock.ns = Math.max(this.clock.ns, startNs + Math.max(0, kernel.timeNs));
    this.lastEndNs = this.clock.ns;
    close(event, this.lastEndNs);
  }

  private begin(name: string, cat: string, args?: Record<string, Argument>): TraceEventRecord {
    const { pid, tid } = this;
    const shown = shortenMiddle(name, LONGEST_NAME);
    const event = { ph: 'X' as const, pid, tid, ts: microseconds(this.clock.ns), dur: 0, name: shown, cat };
    this.events.push(args ? Object.assign(event, { args }) : event);
    return event;
  }
}

const microseconds = (ns: number): number => Math.round((ns / 1000) * 64) / 64;

function close(event: TraceEventRecord, endNs: number): void {
  event.dur = microseconds(endNs) - event.ts;
}

/** Few: some readers show them in the name. */
function argumentsOf(index: ScenarioIndex, kernel: Kernel): Record<string, Argument> {
  return {
    kernel: kernel.id,
    nodes: ownedNodes(index, kernel, MOST_NODES, createText()).slice(0, LONGEST_ARGUMENT),
    timeNs: kernel.timeNs,
    errorNs: kernel.errorNs,
    share: kernel.share,
    trusted: kernel.trusted,
    callsPerRun: kernel.callsPerRun,
    macs: kernel.macs,
    readBytes: kernel.readBytes,
    writtenBytes: kernel.writtenBytes,
    output: kernel.outputShapes.map((dims) => dims.join('x')).join(' '),
  };
}

/** Bytes of live tensors as a counter, at the end of the kernel after which they were alive. */
function memoryEvents(index: ScenarioIndex, pid: number): TraceEventRecord[] {
  const ends = new Map<string, number>();
  let ns = 0;
  for (const kernel of index.scenario.kernels) {
    if (kernel.parentId !== null) continue;
    ns += Math.max(0, kernel.timeNs);
    ends.set(kernel.id, ns);
  }
  return (index.scenario.memory?.timeline ?? []).flatMap(({ kernelId, liveBytes }) => {
    const endNs = ends.get(kernelId);
    const args = { liveBytes };
    return endNs === undefined
      ? []
      : [{ ph: 'C' as const, pid, tid: 0, ts: microseconds(endNs), name: 'live tensors', args }];
  });
}
