/** Which event ran inside which: kernels of If and Loop bodies inside the If's or Loop's own event. */

import type { NodeEvent } from './rawEvent.js';
import type { TraceEvent } from './types.js';

/** Ops that run graphs of their own; only these can contain other events. */
const GRAPH_OPS: ReadonlySet<string> = new Set([
  'If',
  'Loop',
  'Scan',
  'SequenceMap',
  'BeamSearch',
  'GreedySearch',
  'Sampling',
  'WhisperBeamSearch',
]);

interface Open {
  event: NodeEvent;
  children: Open[];
}

const endUs = (event: NodeEvent): number => event.startUs + event.durationUs;

/** Takes events in the order of their ends, as the file has them: a parent comes right after what ran inside it. */
export class NestingBuilder {
  private pending: Open[] = [];

  add(event: NodeEvent): void {
    const open: Open = { event, children: [] };
    if (GRAPH_OPS.has(event.opType)) {
      // Times are whole microseconds: an equal start is inside, because what is inside was written before.
      let first = this.pending.length;
      while (first > 0 && isInside((this.pending[first - 1] as Open).event, event)) first -= 1;
      open.children = this.pending.splice(first);
    }
    this.pending.push(open);
  }

  /** Takes what lies between the two times, parents before their children, and forgets the rest; tells how many that were. */
  take(startUs: number, durationUs: number): { events: TraceEvent[]; outside: number } {
    const run = { startUs, durationUs };
    const events: TraceEvent[] = [];
    let outside = 0;
    for (const open of this.pending) {
      if (isInside(open.event, run)) append(open, null, events);
      else outside += countOf(open);
    }
    this.pending = [];
    return { events, outside };
  }

  /** Takes everything, parents before their children. */
  rest(): TraceEvent[] {
    const events: TraceEvent[] = [];
    for (const open of this.pending) append(open, null, events);
    this.pending = [];
    return events;
  }

  /** Forgets what belongs to no run; tells how many events that were. */
  drop(): number {
    const dropped = this.pending.reduce((sum, open) => sum + countOf(open), 0);
    this.pending = [];
    return dropped;
  }
}

function isInside(inner: NodeEvent, outer: { startUs: number; durationUs: number }): boolean {
  // Start and duration are rounded apart: ends may disagree by one.
  return inner.startUs >= outer.startUs && endUs(inner) <= outer.startUs + outer.durationUs + 1;
}

const countOf = (open: Open): number => open.children.reduce((sum, child) => sum + countOf(child), 1);

function append(open: Open, parent: number | null, events: TraceEvent[]): void {
  const nestedUs = open.children.reduce((sum, child) => sum + child.event.durationUs, 0);
  const index = events.length;
  events.push({ ...open.event, selfUs: Math.max(0, open.event.durationUs - nestedUs), parent });
  for (const child of open.children) append(child, index, events);
}
