/** Runs a model on the real runtime, traced, and attributes what ran: what the tests of attribution look at. */

import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { attribute } from '../../src/core/attribution/attribute.js';
import type { Attribution } from '../../src/core/attribution/types.js';
import type { ModelGraph } from '../../src/core/model/graph.js';
import { inlineFunctions } from '../../src/core/model/inline.js';
import { readModel } from '../../src/core/model/read.js';
import { withSafeNames } from '../../src/core/model/safeNames.js';
import { writeModel } from '../../src/core/model/write.js';
import { readTrace } from '../../src/core/trace/read.js';
import type { Trace } from '../../src/core/trace/types.js';
import type { OptimizationLevel } from '../../src/protocol/report.js';

export interface AttributedRun {
  original: ModelGraph;
  operatorIdByNodeName: ReadonlyMap<string, string>;
  optimized: ModelGraph;
  attribution: Attribution;
  trace: Trace;
}

export interface RunSetup {
  level: OptimizationLevel;
  /** Shapes of inputs with open dimensions. */
  shapes?: Readonly<Record<string, number[]>>;
  /** Values of whole inputs, repeated over their elements; 0.5 and 1 otherwise. */
  values?: Readonly<Record<string, number>>;
  runs?: number;
  threads?: number;
  /** Copies what the runtime wrote to `<path>.optimized.onnx` and `<path>.trace.json`. */
  keepAs?: string;
}

const BY_TYPE: Readonly<Record<string, (count: number, value: number) => Tensor['data']>> = {
  float32: (count, value) => new Float32Array(count).fill(value),
  float64: (count, value) => new Float64Array(count).fill(value),
  float16: (count) => new Uint16Array(count).fill(0x3800),
  int64: (count, value) => new BigInt64Array(count).fill(BigInt(Math.round(value))),
  int32: (count, value) => new Int32Array(count).fill(Math.round(value)),
  uint8: (count, value) => new Uint8Array(count).fill(Math.round(value)),
  int8: (count, value) => new Int8Array(count).fill(Math.round(value)),
  bool: (count, value) => new Uint8Array(count).fill(value === 0 ? 0 : 1),
  string: (count) => new Array<string>(count).fill('text'),
};

function feedsOf(session: InferenceSession, setup: RunSetup): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  for (const input of session.inputMetadata) {
    if (!input.isTensor) throw new Error(`${input.name} is no tensor`);
    const dims = setup.shapes?.[input.name] ?? input.shape.map((dim) => (typeof dim === 'number' ? dim : 1));
    const make = BY_TYPE[input.type];
    if (!make) throw new Error(`no data for ${input.type}`);
    const data = make(
      dims.reduce((product, dim) => product * dim, 1),
      setup.values?.[input.name] ?? (input.type.startsWith('float') ? 0.5 : 1),
    );
    feeds[input.name] = new Tensor(input.type, data, dims);
  }
  return feeds;
}

/** A file, or a model in memory. */
export async function runAttributed(source: string | ModelGraph, setup: RunSetup): Promise<AttributedRun> {
  const inlined = inlineFunctions(typeof source === 'string' ? readModel(source) : source);
  const { model: original, operatorIdByNodeName } = withSafeNames(inlined);
  const folder = mkdtempSync(path.join(tmpdir(), 'attribution-'));
  try {
    const optimizedPath = path.join(folder, 'optimized.onnx');
    const session = await InferenceSession.create(
      writeModel(original, { weights: inlined.path === '' ? 'inline' : 'reference' }),
      {
        graphOptimizationLevel: setup.level,
        optimizedModelFilePath: optimizedPath,
        enableProfiling: true,
        profileFilePrefix: path.join(folder, 'trace'),
        intraOpNumThreads: setup.threads ?? 1,
        logSeverityLevel: 3,
        extra: { session: { model_external_initializers_file_folder_path: path.dirname(inlined.path) } },
      },
    );
    const feeds = feedsOf(session, setup);
    for (let run = 0; run < (setup.runs ?? 1); run += 1) await session.run(feeds);
    session.endProfiling();
    await session.release();
    const traceFile = readdirSync(folder).find((name) => name.startsWith('trace')) ?? '';
    if (setup.keepAs !== undefined) {
      copyFileSync(optimizedPath, `${setup.keepAs}.optimized.onnx`);
      copyFileSync(path.join(folder, traceFile), `${setup.keepAs}.trace.json`);
    }
    const optimized = readModel(optimizedPath);
    const attribution = attribute(original, operatorIdByNodeName, optimized);
    return {
      original,
      operatorIdByNodeName,
      optimized,
      attribution,
      trace: await readTrace(path.join(folder, traceFile)),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
