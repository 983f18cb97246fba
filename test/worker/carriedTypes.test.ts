/** Inputs and outputs of types that the binding does not pass: the file runs all the same, with the same values. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { DataTypes } from '../../src/core/model/dataTypes.js';
import { writeModel } from '../../src/core/model/write.js';
import { elementAt, tensorFrom } from '../../src/core/runtime/inputs/elements.js';
import { sessionOptions } from '../../src/core/analysis/tracing.js';
import { createRuntime } from '../../src/worker/onnxRuntime.js';
import { GraphBuilder } from '../models/builder.js';

const folder = mkdtempSync(path.join(tmpdir(), 'carried-'));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** y = x as float, and z = x again. */
function modelFile(dataType: 'int4' | 'uint4' | 'bfloat16'): string {
  const b = new GraphBuilder();
  const x = b.input('x', [5], dataType);
  const y = b.add('Cast', [x], { attributes: { to: DataTypes.float32 }, outputs: ['y'] });
  b.output('y', [5]);
  b.add('Cast', [y], { attributes: { to: DataTypes[dataType] }, outputs: ['z'] });
  b.output('z', [5], dataType);
  const file = path.join(folder, `${dataType}.onnx`);
  writeFileSync(file, writeModel(b.model({ opset: 21 }), { weights: 'inline' }));
  return file;
}

describe('types that the runtime does not take from a program', () => {
  const cases = [
    ['int4', [-8, -1, 0, 3, 7]],
    ['uint4', [0, 1, 8, 14, 15]],
    ['bfloat16', [-2, -0.5, 0, 0.25, 96]],
  ] as const;
  for (const [dataType, values] of cases)
    it(`${dataType} goes in and comes out in a wider type`, async () => {
      const runtime = createRuntime(folder);
      const options = sessionOptions({ provider: 'cpu', threads: 1, optimization: 'all' });
      const session = await runtime.open({ kind: 'file', path: modelFile(dataType) }, options);
      const x = tensorFrom('x', dataType, [5], (index) => values[index] ?? 0);
      const { y, z } = await session.evaluate({ x });
      await session.close();
      assert.ok(y && z);
      for (const output of [y, z])
        assert.deepEqual(
          values.map((_, index) => elementAt(output, index)),
          [...values],
        );
    });
});
