import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { sessionOptions } from '../../src/core/analysis/tracing.js';
import { DataTypes } from '../../src/core/model/dataTypes.js';
import type { ModelGraph } from '../../src/core/model/graph.js';
import { readModel } from '../../src/core/model/read.js';
import { writeModel } from '../../src/core/model/write.js';
import { analyzeStatically } from '../../src/core/report/build.js';
import { prepareInputs } from '../../src/core/runtime/inputs/inputs.js';
import { createRuntime } from '../../src/worker/onnxRuntime.js';
import { node, value } from '../../src/core/analysis/microModels.js';
import { modelAround } from '../models/modelAround.js';

const folder = mkdtempSync(path.join(tmpdir(), 'inputs-'));
const options = sessionOptions({ provider: 'cpu', threads: 1, optimization: 'all' });
after(() => {
  rmSync(folder, { recursive: true });
});

function identityOf(dataType: number, shape: number[]): ModelGraph {
  return modelAround(
    {
      name: 'identity',
      nodes: [node('Identity', ['x'], 'y')],
      initializers: [],
      inputs: [value('x', dataType, shape)],
      outputs: [value('y', dataType, shape)],
      valueInfos: [],
    },
    21,
  );
}

describe('synthetic data', () => {
  const types = [
    'float32',
    'float64',
    'float16',
    'int8',
    'uint8',
    'int16',
    'int32',
    'int64',
    'uint64',
    'bool',
    'string',
  ] as const;
  for (const type of types)
    for (const shape of [[], [2, 3], [0, 3]])
      it(`of ${type} [${shape.join()}] goes in and comes out`, async () => {
        const model = identityOf(DataTypes[type], shape);
        const { feeds } = await prepareInputs(model, [], [], 1);
        const source = {
          kind: 'bytes',
          bytes: writeModel(model, { weights: 'inline' }),
          weightsFolder: folder,
        } as const;
        const session = await createRuntime(folder).open(source, options);
        const { y } = await session.evaluate(feeds);
        await session.close();
        assert.deepEqual(y?.dims, shape);
        assert.deepEqual(Array.from<unknown>(y.data), Array.from<unknown>(feeds['x']!.data));
      });

  const packages = path.join(__dirname, '../../node_modules/@ricky0123/vad-web/dist');
  for (const name of ['silero_vad_legacy.onnx', 'silero_vad_v5.onnx', 'silero_vad_v6.onnx'])
    it(`runs ${name}, whose rate must be a real one`, async () => {
      const file = path.join(packages, name);
      const { model, scenarios } = analyzeStatically(readModel(file), []);
      const { feeds, summaries } = await prepareInputs(model, scenarios[0]!.dimensions, [], 1);
      assert.equal(summaries.find((summary) => summary.name === 'sr')?.source, 'synthetic:sampleRate');
      const session = await createRuntime(folder).open({ kind: 'file', path: file }, options);
      assert.ok((await session.time(feeds)) > 0);
      await session.close();
    });
});
