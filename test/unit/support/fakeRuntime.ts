/** A runtime whose times are a script. It optimises nothing; traces and graphs are real files. */

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ExpectedError } from '../../../src/core/common/errors.js';
import { readModel } from '../../../src/core/model/read.js';
import type {
  ModelSource,
  Runtime,
  RuntimeSession,
  SessionOptions,
  TensorValue,
} from '../../../src/core/runtime/port.js';
import type { FakeMachine } from './fakeMachine.js';

export interface FakeSession {
  source: ModelSource;
  options: SessionOptions;
  /** Opened for the empty model. */
  isEmpty: boolean;
  /** Opened for the chain of tiny operators that tells what recording costs. */
  isChain: boolean;
  runs: number;
  closed: boolean;
}

export interface FakeRuntimeScript {
  /** Shapes of the output of each operator type; inputs are taken as the same. */
  shapes: Record<string, { inputs: number[][]; outputs: number[][] }>;
  /** Time of each operator type in a trace, recording included. */
  nodeUs: Record<string, number>;
  /** By how much longer its nodes take in a session, by the session's number. */
  slowdown?(session: number): number;
  refuses?(session: FakeSession): boolean;
  fails?(session: FakeSession): boolean;
  outputs?: Record<string, TensorValue>;
}

const CREATE_NS = 50e6;
const EMPTY_NS = 5000;
const CHAIN_OPERATORS = 120;
/** What a tiny operator takes, and what its event says: recording costs 1.8 µs. */
const TINY_NS = 200;
const TINY_EVENT_US = 2;

/** One run of every session lasts as the machine's script says; the empty model's 5 µs, the chain's of tiny operators 29. */
export class FakeRuntime implements Runtime {
  readonly name = 'fake';
  readonly version = '1';
  readonly sessions: FakeSession[] = [];
  mostAlive = 0;

  constructor(
    private readonly folder: string,
    private readonly machine: FakeMachine,
    private readonly script: FakeRuntimeScript,
  ) {}

  providers(): string[] {
    return ['cpu'];
  }

  get alive(): FakeSession[] {
    return this.sessions.filter((session) => !session.closed);
  }

  async open(source: ModelSource, options: SessionOptions): Promise<RuntimeSession> {
    const file = path.join(this.folder, `session${this.sessions.length}`);
    let modelFile = `${file}.onnx`;
    if (source.kind === 'bytes') await writeFile(modelFile, source.bytes);
    else modelFile = source.path;
    const nodes = readModel(modelFile).graph.nodes.filter(({ opType }) => opType !== 'Constant');
    const session: FakeSession = {
      source,
      options,
      isEmpty: nodes.length === 1 && nodes[0]!.opType === 'Identity',
      isChain: nodes.length === CHAIN_OPERATORS && nodes.every(({ opType }) => /^(Tanh|Sigmoid|Abs|Neg)$/.test(opType)),
      runs: 0,
      closed: false,
    };
    const probeNs = session.isEmpty ? EMPTY_NS : session.isChain ? EMPTY_NS + CHAIN_OPERATORS * TINY_NS : null;
    if (this.script.refuses?.(session)) throw new ExpectedError('runtime', 'error.runtime.load', { text: 'refused' });
    this.sessions.push(session);
    this.mostAlive = Math.max(this.mostAlive, this.alive.length);
    this.machine.nowNs += CREATE_NS;
    const events: unknown[] = [];
    const slowdown = this.script.slowdown?.(this.sessions.length - 1) ?? 1;
    const run = async (): Promise<number> => {
      if (this.script.fails?.(session)) throw new ExpectedError('runtime', 'error.runtime.run', { text: 'failed' });
      session.runs += 1;
      const startUs = Math.round(this.machine.nowNs / 1000);
      if (probeNs !== null) this.machine.nowNs += probeNs;
      const ns = probeNs ?? (await this.machine.run());
      let at = startUs;
      for (const { name, opType } of nodes) {
        const dur = session.isChain ? TINY_EVENT_US : Math.round((this.script.nodeUs[opType] ?? 10) * slowdown);
        events.push(this.event(name, opType, at, dur));
        at += dur + 3;
      }
      const wholeUs = Math.max(Math.round(ns / 1000), at - startUs);
      events.push({ cat: 'Session', ph: 'X', name: 'model_run', ts: startUs, dur: wholeUs });
      return ns;
    };
    return {
      inputs: [],
      outputs: Object.keys(this.script.outputs ?? {}).map((name) => ({ name, dataType: 'float32', shape: null })),
      createNs: CREATE_NS,
      optimizedGraphPath: options.saveOptimizedGraph ? modelFile : null,
      time: run,
      evaluate: async () => {
        await run();
        return this.script.outputs ?? {};
      },
      endTrace: async () => {
        await writeFile(`${file}.json`, JSON.stringify(events));
        return `${file}.json`;
      },
      close: () => {
        session.closed = true;
        return Promise.resolve();
      },
    };
  }

  private event(name: string, opType: string, ts: number, dur: number): unknown {
    const shapes = this.script.shapes[opType] ?? { inputs: [], outputs: [] };
    const typed = (dims: number[][]): unknown[] => dims.map((float) => ({ float }));
    const types = { input_type_shape: typed(shapes.inputs), output_type_shape: typed(shapes.outputs) };
    const args = { op_name: opType, provider: 'CPUExecutionProvider', ...types };
    return { cat: 'Node', ph: 'X', name: `${name}_kernel_time`, ts, dur, args };
  }
}
