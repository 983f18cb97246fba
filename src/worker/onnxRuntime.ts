/** The port over onnxruntime-node. The only room, with this file's neighbours, that loads the native binding. */

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { env, InferenceSession, listSupportedBackends } from 'onnxruntime-node';
import { ExpectedError } from '../core/common/errors.js';
import { carriedTypeName, withCarriedTypes } from '../core/model/carriedTypes.js';
import { weightsFolder } from '../core/model/externalData.js';
import { readModel } from '../core/model/read.js';
import { writeModel } from '../core/model/write.js';
import type { ModelSource, Runtime, RuntimeSession, SessionOptions } from '../core/runtime/port.js';
import { runtimeError, runtimeMessage } from './onnxErrors.js';
import { OnnxSession, type SessionFiles } from './onnxSession.js';
import { countDefaultThreads } from './threadCount.js';

/**
 * Recording stretches what runs on one thread until the pool's others fall asleep, and the next parallel kernel would
 * wait for them to wake, which it does not unrecorded: 20 to 60 µs of a MatMul of 300.
 */
const TRACED_SPIN_US = '20000';
/** Only fatal notes on standard error: what goes wrong is thrown, and a full trace would print one line for each lost event. */
const LOG_FATAL = 4;
/** Larger weights are written beside the saved graph instead of into it; small constants are needed to read it. */
const EXTERNAL_FROM_BYTES = 1024;
const PROVIDER_REFUSED =
  /execution ?provider|backend not found|no available backend|adapter|shared library|_providers_/i;

function sessionFiles(folder: string, options: SessionOptions): SessionFiles {
  return {
    tracePrefix: options.trace ? path.join(folder, 'trace') : null,
    optimizedGraph: options.saveOptimizedGraph ? path.join(folder, 'optimized.onnx') : null,
    optimizedWeights: options.saveOptimizedGraph ? path.join(folder, 'optimized.weights') : null,
    keepWeights: options.keepOptimizedWeights ?? false,
  };
}

function nativeOptions(
  model: ModelSource,
  options: SessionOptions,
  files: SessionFiles,
): InferenceSession.SessionOptions {
  const entries: Record<string, string> = {};
  if (options.disablePrepacking) entries['disable_prepacking'] = '1';
  if (files.tracePrefix !== null) entries['intra_op.spin_duration_us'] = TRACED_SPIN_US;
  if (options.stopSpinning) entries['force_spinning_stop'] = '1';
  // Without it external data of a model from bytes is looked for in the working directory.
  if (model.kind === 'bytes') entries['model_external_initializers_file_folder_path'] = model.weightsFolder;
  if (files.optimizedWeights !== null) {
    entries['optimized_model_external_initializers_file_name'] = path.basename(files.optimizedWeights);
    entries['optimized_model_external_initializers_min_size_in_bytes'] = String(EXTERNAL_FROM_BYTES);
  }
  return {
    executionProviders: [options.provider],
    graphOptimizationLevel: options.optimization,
    logSeverityLevel: LOG_FATAL,
    ...(options.threads > 0 ? { intraOpNumThreads: options.threads } : {}),
    ...(files.tracePrefix === null ? {} : { enableProfiling: true, profileFilePrefix: files.tracePrefix }),
    ...(files.optimizedGraph === null ? {} : { optimizedModelFilePath: files.optimizedGraph }),
    extra: { session: entries },
  };
}

const hasCarried = ({ inputs, outputs }: RuntimeSession): boolean =>
  [...inputs, ...outputs].some(({ dataType }) => carriedTypeName(dataType) !== null);

const isTypeRefusal = (error: unknown): error is ExpectedError =>
  error instanceof ExpectedError && error.failureMessage.code === 'error.runtime.dataType';

/** null where the file cannot be rewritten, or would not change. */
function carriedSource(file: string): ModelSource | null {
  const model = readModel(file);
  const carried = model.format === 'onnx' ? withCarriedTypes(model) : model;
  if (carried === model) return null;
  return { kind: 'bytes', bytes: writeModel(carried, { weights: 'reference' }), weightsFolder: weightsFolder(model) };
}

class OnnxRuntime implements Runtime {
  readonly name = 'onnxruntime';
  readonly version: string;
  private sessionCount = 0;

  constructor(private readonly folder: string) {
    env.logLevel = 'fatal';
    this.version = env.versions.node ?? '';
  }

  providers(): string[] {
    return listSupportedBackends()
      .filter((backend) => backend.bundled)
      .map((backend) => backend.name);
  }

  defaultThreads(): Promise<number | null> {
    return countDefaultThreads(this);
  }

  /** A file whose inputs cannot be handed over as they are is opened as a copy that takes them in another type. */
  async open(model: ModelSource, options: SessionOptions): Promise<RuntimeSession> {
    if (model.kind === 'bytes') return this.openAsIs(model, options);
    // The binding refuses some of the types with the session, others only with a run.
    const refusal = await this.openAsIs(model, options).catch((error: unknown) => {
      if (isTypeRefusal(error)) return error;
      throw error;
    });
    if ('close' in refusal && !hasCarried(refusal)) return refusal;
    const carried = carriedSource(model.path);
    if ('close' in refusal) {
      if (!carried) return refusal;
      await refusal.close();
    } else if (!carried) throw refusal;
    return this.openAsIs(carried, options);
  }

  private async openAsIs(model: ModelSource, options: SessionOptions): Promise<RuntimeSession> {
    const folder = path.join(this.folder, `session-${++this.sessionCount}`);
    if (options.trace || options.saveOptimizedGraph) await mkdir(folder, { recursive: true, mode: 0o700 });
    const files = sessionFiles(folder, options);
    const hiddenFolders = [this.folder, model.kind === 'file' ? path.dirname(model.path) : model.weightsFolder];
    const native = nativeOptions(model, options, files);
    const startMs = performance.now();
    try {
      const session =
        model.kind === 'file'
          ? await InferenceSession.create(model.path, native)
          : await InferenceSession.create(model.bytes, native);
      const createNs = (performance.now() - startMs) * 1e6;
      return await OnnxSession.wrap(session, createNs, files, hiddenFolders);
    } catch (error) {
      throw this.openError(error, options.provider, hiddenFolders);
    }
  }

  private openError(error: unknown, provider: string, hiddenFolders: readonly string[]): ExpectedError {
    const refused = provider !== 'cpu' && PROVIDER_REFUSED.test(error instanceof Error ? error.message : '');
    if (!refused) return runtimeError(error, 'error.runtime.load', hiddenFolders);
    return new ExpectedError(
      'runtime',
      'error.runtime.provider',
      { provider, available: this.providers().join(', '), text: runtimeMessage(error, hiddenFolders) },
      { cause: error },
    );
  }
}

/** `folder`: private to the request; traces and saved graphs go there, and whoever made it removes it. */
export function createRuntime(folder: string): Runtime {
  return new OnnxRuntime(folder);
}
