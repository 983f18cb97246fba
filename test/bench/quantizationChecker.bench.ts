import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeModel } from '../../src/core/model/write.js';
import { goldenModels } from '../unit/quantizationGoldenModels.js';
import { rewritten } from '../unit/quantizationGraph.js';
import type { Benchmark } from './bench.js';
import { runPython } from './python.js';

/** Every golden model by every method, as a file. */
function written(folder: string): string[] {
  return Object.entries(goldenModels).flatMap(([name, { model, methods }]) =>
    methods.map((method) => {
      const file = path.join(folder, `${name}.${method}.onnx`);
      writeFileSync(file, writeModel(rewritten(model(), method), { weights: 'inline' }));
      return file;
    }),
  );
}

const benchmark: Benchmark = {
  name: 'quantization: models as ONNX’s own checker sees them',
  run: () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
    try {
      const files = written(folder);
      const lines = runPython(['check', ...files])
        ?.trim()
        .split(/\r?\n/);
      if (!lines) return [];
      for (const line of lines) if (!line.startsWith('ok ')) console.log(`  ${line}`);
      const accepted = lines.filter((line) => line.startsWith('ok ')).length;
      const what = `models of ${files.length} that the checker refuses`;
      return [{ what, value: files.length - accepted, unit: '', bar: { atMost: 0 } }];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

export default benchmark;
