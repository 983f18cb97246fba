/** Reader of ONNX Runtime's profile files, streaming: they reach a gigabyte, more than one string can hold. */

import { open } from 'node:fs/promises';
import { ExpectedError } from '../common/errors.js';
import { RunAssembler } from './assembleRuns.js';
import { type RawEvent, readRawEvent, ShapeReader } from './rawEvent.js';
import { ObjectSplitter } from './splitter.js';
import type { Trace, TracedRun } from './types.js';

const CHUNK_BYTES = 1 << 20;
/** The runtime itself stops recording at a million events in a session. */
const DEFAULT_MAXIMUM_EVENTS = 2_000_000;

export interface ReadTraceOptions {
  /** Runs beyond this many node events are left out and counted as skipped. */
  maximumEvents?: number;
}

export interface StreamedTrace {
  /** Damaged or cut off events. */
  skippedEvents: number;
}

/**
 * Hands over each event that is of use, in the file's order, in memory that does not grow with the file. A file that was
 * cut off gives what is whole. Throws an ExpectedError when the file is no JSON array at all.
 */
export async function streamTrace(path: string, onEvent: (event: RawEvent) => void): Promise<StreamedTrace> {
  const shapes = new ShapeReader();
  let damaged = 0;
  const splitter = new ObjectSplitter((bytes) => {
    const event = readRawEvent(bytes, shapes);
    if (event === undefined) damaged += 1;
    else if (event !== null) onEvent(event);
  });
  const file = await open(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let isFirst = true; ; isFirst = false) {
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, null);
      if (bytesRead === 0) break;
      const bytes = chunk.subarray(0, bytesRead);
      if (isFirst && !/^\s*\[/.test(bytes.subarray(0, 64).toString('latin1')))
        throw new ExpectedError('input', 'measure.notATrace', { path });
      splitter.push(bytes);
    }
  } finally {
    await file.close();
  }
  splitter.end();
  return { skippedEvents: damaged + splitter.abandoned };
}

/**
 * Hands over one run at a time, its events nested, in the file's order. Events of runs that the file does not close,
 * and events that lie in no run, are skipped and counted; those of the file's end come back as `unclosed`.
 */
export async function streamRuns(
  path: string,
  onRun: (run: TracedRun) => void,
): Promise<StreamedTrace & { sessionCreateUs: number | null; unclosed: TracedRun | null }> {
  const assembler = new RunAssembler();
  let outside = 0;
  let sessionCreateUs: number | null = null;
  const { skippedEvents } = await streamTrace(path, (event) => {
    if (event.kind === 'sessionCreate') sessionCreateUs = (sessionCreateUs ?? 0) + event.durationUs;
    else if (event.kind === 'node') assembler.add(event.node, event.threadId);
    else {
      const closed = assembler.close(event.startUs, event.durationUs, event.threadId);
      outside += closed.outside;
      onRun(closed.run);
    }
  });
  const unclosed = assembler.unclosed();
  outside += unclosed?.events.length ?? 0;
  return { skippedEvents: skippedEvents + outside, sessionCreateUs, unclosed };
}

/** The whole trace in memory: about 300 bytes an event, since shapes are shared. */
export async function readTrace(path: string, options: ReadTraceOptions = {}): Promise<Trace> {
  const maximumEvents = options.maximumEvents ?? DEFAULT_MAXIMUM_EVENTS;
  const runs: TracedRun[] = [];
  let kept = 0;
  let beyond = 0;
  const { skippedEvents, sessionCreateUs } = await streamRuns(path, (run) => {
    if (kept + run.events.length > maximumEvents) {
      beyond += run.events.length;
      return;
    }
    kept += run.events.length;
    runs.push(run);
  });
  return { runs, skippedEvents: skippedEvents + beyond, sessionCreateUs };
}
