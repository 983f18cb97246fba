/**
 * The port to a runtime. Experiments are written against it alone, so that they run over a fake in unit tests and
 * over onnxruntime-node in the worker.
 */

import type { OptimizationLevel } from '../../protocol/report.js';

export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | string[];

/** `dataType` in the runtime's words: 'float32', 'int64', 'bool', 'float16' (as Uint16Array), 'string', 'int4' … */
export interface TensorValue {
  dataType: string;
  dims: number[];
  data: TensorData;
}

export type Feeds = Readonly<Record<string, TensorValue>>;

export type ModelSource =
  | { kind: 'file'; path: string }
  /** A rewritten graph; `weightsFolder` is where its external data lies. */
  | { kind: 'bytes'; bytes: Uint8Array; weightsFolder: string };

export interface SessionOptions {
  provider: string;
  /** 0: the runtime's default. */
  threads: number;
  optimization: OptimizationLevel;
  /** Record a trace; it ends with `endTrace`. */
  trace: boolean;
  /** Keep weights visible among a node's input shapes: for the shape pass only, slower. */
  disablePrepacking: boolean;
  /** Stop the pool's spinning between runs: for sessions that alternate. */
  stopSpinning: boolean;
  /** Save the graph after optimisation (without weights); see `optimizedGraphPath`. */
  saveOptimizedGraph: boolean;
  /** Save it with its weights, in a file beside it: for rewriting, not only for reading. */
  keepOptimizedWeights?: boolean;
}

export interface ValueMetadata {
  name: string;
  dataType: string;
  /** null for what is not a tensor. */
  shape: (number | string)[] | null;
}

export interface RuntimeSession {
  readonly inputs: readonly ValueMetadata[];
  readonly outputs: readonly ValueMetadata[];
  readonly createNs: number;
  /** null unless asked for. */
  readonly optimizedGraphPath: string | null;
  /** One call, outputs dropped; the wall time of the call. */
  time(feeds: Feeds): Promise<number>;
  evaluate(feeds: Feeds): Promise<Record<string, TensorValue>>;
  /** Ends tracing; the path of the trace's file. Throws when the session was opened without `trace`. */
  endTrace(): Promise<string>;
  close(): Promise<void>;
}

export interface Runtime {
  readonly name: string;
  readonly version: string;
  /** Providers of this build that can be asked for, e.g. ['cpu', 'webgpu']. */
  providers(): string[];
  /** Threads that a session takes where none are asked for, the caller's included; null where that cannot be told. */
  defaultThreads?(): Promise<number | null>;
  open(model: ModelSource, options: SessionOptions): Promise<RuntimeSession>;
}
