/** A runtime trace as plain data, after reading: one entry for each kernel execution. */

export interface TraceEvent {
  /** Name of the node as the runtime knows it (our safe name, or one that the optimiser made). */
  name: string;
  opType: string;
  provider: string;
  startUs: number;
  durationUs: number;
  /** durationUs without nested events. */
  selfUs: number;
  /** Index into `events` of the If, Loop or Scan event that contains it; null at top level. */
  parent: number | null;
  inputShapes: TracedShape[];
  outputShapes: TracedShape[];
  /** Bytes of the weights among `inputShapes` (prepacked ones are not among them); null where the runtime does not say. */
  parameterBytes: number | null;
  /** Arena bytes in use after the node, where the runtime says so. */
  memoryInUseBytes: number | null;
  /** Most that the arena had in use since the session began, where the runtime says so. */
  arenaPeakBytes: number | null;
}

export interface TracedShape {
  dataType: string;
  dims: number[];
}

export interface TracedRun {
  startUs: number;
  durationUs: number;
  events: TraceEvent[];
}

export interface Trace {
  runs: TracedRun[];
  /** Events that could not be read or belonged to no run. */
  skippedEvents: number;
  sessionCreateUs: number | null;
}
