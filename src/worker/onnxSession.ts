import { readdir, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { ExpectedError } from '../core/common/errors.js';
import type { Feeds, RuntimeSession, TensorValue, ValueMetadata } from '../core/runtime/port.js';
import { runtimeError } from './onnxErrors.js';
import { fromRuntimeTensor, toRuntimeTensors } from './onnxTensors.js';

/** Absolute paths; null for what was not asked for. */
export interface SessionFiles {
  tracePrefix: string | null;
  optimizedGraph: string | null;
  optimizedWeights: string | null;
  /** The saved weights will be read. */
  keepWeights: boolean;
}

function metadataOf(native: readonly InferenceSession.ValueMetadata[]): ValueMetadata[] {
  return native.map((value) =>
    value.isTensor
      ? { name: value.name, dataType: value.type, shape: [...value.shape] }
      : { name: value.name, dataType: 'unknown', shape: null },
  );
}

/** The saved weights are of no use, but the graph refers to them: keep the file's length and give its blocks back. */
async function releaseBlocks(file: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (!found) return;
  await truncate(file, 0);
  await truncate(file, found.size);
}

export class OnnxSession implements RuntimeSession {
  readonly inputs: readonly ValueMetadata[];
  readonly outputs: readonly ValueMetadata[];
  readonly optimizedGraphPath: string | null;
  /** Runtime tensors of each feeds object, made once: a timed call does no more than a bare `run`. */
  private tensors = new WeakMap<Feeds, Record<string, Tensor>>();
  private tracing: boolean;
  private closed = false;

  private constructor(
    private readonly session: InferenceSession,
    readonly createNs: number,
    private readonly files: SessionFiles,
    private readonly hiddenFolders: readonly string[],
  ) {
    this.inputs = metadataOf(session.inputMetadata);
    this.outputs = metadataOf(session.outputMetadata);
    this.optimizedGraphPath = files.optimizedGraph;
    this.tracing = files.tracePrefix !== null;
  }

  static async wrap(
    session: InferenceSession,
    createNs: number,
    files: SessionFiles,
    hiddenFolders: readonly string[],
  ): Promise<OnnxSession> {
    if (files.optimizedWeights !== null && !files.keepWeights) await releaseBlocks(files.optimizedWeights);
    return new OnnxSession(session, createNs, files, hiddenFolders);
  }

  async time(feeds: Feeds): Promise<number> {
    const tensors = this.tensorsOf(feeds);
    try {
      const startMs = performance.now();
      await this.session.run(tensors);
      return (performance.now() - startMs) * 1e6;
    } catch (error) {
      throw runtimeError(error, 'error.runtime.run', this.hiddenFolders);
    }
  }

  async evaluate(feeds: Feeds): Promise<Record<string, TensorValue>> {
    const tensors = this.tensorsOf(feeds);
    const outputs = Object.create(null) as Record<string, TensorValue>;
    try {
      const results = await this.session.run(tensors);
      for (const [name, tensor] of Object.entries(results)) outputs[name] = await fromRuntimeTensor(tensor);
    } catch (error) {
      throw runtimeError(error, 'error.runtime.run', this.hiddenFolders);
    }
    return outputs;
  }

  /** The runtime returns no name: the trace is the one file with this session's prefix in its own folder. */
  async endTrace(): Promise<string> {
    const prefix = this.files.tracePrefix;
    if (prefix === null || !this.tracing) throw new Error('endTrace: this session records no trace');
    this.tracing = false;
    this.session.endProfiling();
    const folder = path.dirname(prefix);
    const start = `${path.basename(prefix)}_`;
    const name = (await readdir(folder)).find((file) => file.startsWith(start) && file.endsWith('.json'));
    if (name === undefined) throw new ExpectedError('runtime', 'error.runtime.trace');
    return path.join(folder, name);
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.tensors = new WeakMap();
    await this.session.release();
  }

  private tensorsOf(feeds: Feeds): Record<string, Tensor> {
    if (this.closed) throw new Error('the session is closed');
    let tensors = this.tensors.get(feeds);
    if (!tensors) {
      tensors = toRuntimeTensors(feeds);
      this.tensors.set(feeds, tensors);
    }
    return tensors;
  }
}
