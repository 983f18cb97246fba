/** Puts events of several threads into the runs that they belong to: a server runs several at once. */

import { NestingBuilder } from './nesting.js';
import type { NodeEvent } from './rawEvent.js';
import type { TracedRun } from './types.js';

/** A trace with more threads than a machine has is damaged or forged: the rest counts as one. */
const MOST_THREADS = 4096;

/**
 * The thread that calls the model runs its operators, and its own events make its run. Where operators run on a pool of
 * threads (the parallel executor), a run has no events of its own thread: those of threads that call nothing, within
 * the run's time, are its.
 */
export class RunAssembler {
  private readonly threads = new Map<number, NestingBuilder>();
  private readonly calling = new Set<number>();

  add(node: NodeEvent, threadId: number): void {
    const key = this.threads.size < MOST_THREADS || this.threads.has(threadId) ? threadId : 0;
    let thread = this.threads.get(key);
    if (!thread) this.threads.set(key, (thread = new NestingBuilder()));
    thread.add(node);
  }

  /** A run has ended; tells how many of its thread's events lie in none. */
  close(startUs: number, durationUs: number, threadId: number): { run: TracedRun; outside: number } {
    this.calling.add(threadId);
    const own = this.threads.get(threadId)?.take(startUs, durationUs) ?? { events: [], outside: 0 };
    if (own.events.length > 0) return { run: { startUs, durationUs, events: own.events }, outside: own.outside };
    const pool = [...this.threads].filter(([id]) => !this.calling.has(id));
    const taken = pool.map(([, thread]) => thread.take(startUs, durationUs));
    // Each thread's events refer to parents by their place in its own list.
    const events = taken.flatMap((part, position) => {
      const offset = taken.slice(0, position).reduce((sum, before) => sum + before.events.length, 0);
      return part.events.map((event) => ({ ...event, parent: event.parent === null ? null : event.parent + offset }));
    });
    const outside = taken.reduce((sum, part) => sum + part.outside, own.outside);
    return { run: { startUs, durationUs, events }, outside };
  }

  /** What no run has closed, as one run of the time that it spans; null when there is nothing. Forgets it. */
  unclosed(): TracedRun | null {
    // Of one thread alone: those of several cannot be told apart.
    const parts = [...this.threads.values()].map((thread) => thread.rest());
    const events = parts.reduce((most, part) => (part.length > most.length ? part : most), []);
    if (events.length === 0) return null;
    let startUs = Infinity;
    let endUs = 0;
    for (const event of events) {
      startUs = Math.min(startUs, event.startUs);
      endUs = Math.max(endUs, event.startUs + event.durationUs);
    }
    return { startUs, durationUs: endUs - startUs, events };
  }
}
