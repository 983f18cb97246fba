import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ReportStore } from '../../src/store/reportStore.js';
import { sampleReport } from '../unit/store/sampleReport.js';
import type { Benchmark } from './bench.js';

const MODELS = 100;
const REPORTS_EACH = 10;

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const benchmark: Benchmark = {
  name: 'store: 1,000 reports of 100 models',
  run: async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
    try {
      const store = new ReportStore(folder);
      for (let model = 0; model < MODELS; model++)
        for (let report = 0; report < REPORTS_EACH; report++)
          await store.put(sampleReport({ reportId: `report-${model}-${report}` }), {
            modelPath: path.join(folder, `model${model}.onnx`),
          });
      const all = await milliseconds(() => store.list());
      const one = await milliseconds(() => store.latest(path.join(folder, 'model7.onnx')));
      return [
        { what: 'list all', value: all, unit: 'ms', bar: { atMost: 500 } },
        { what: 'latest of one model', value: one, unit: 'ms', bar: { atMost: 20 } },
      ];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

export default benchmark;
