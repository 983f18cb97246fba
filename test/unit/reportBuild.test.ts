import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { quoted, repeatCommand } from '../../src/core/report/command.js';
import { summarizeAttributes } from '../../src/core/report/attributes.js';
import { readModel } from '../../src/core/model/read.js';
import type { OperatorSummary, Report } from '../../src/protocol/report.js';
import { branches, functions } from '../models/controlFlow.js';
import { cnn } from '../models/convolutional.js';
import { realModels } from '../models/index.js';
import { customOperator, hostile, wasteful } from '../models/special.js';
import { decoder } from '../models/transformer.js';
import { staticReport } from './reportFixture.js';

function operator(report: Report, opType: string): OperatorSummary {
  const found = report.operators.find((each) => each.opType === opType);
  assert.ok(found, opType);
  return found;
}

const tensorName = (report: Report, id: string): string | undefined =>
  report.tensors.find((tensor) => tensor.id === id)?.name;

describe('a static report', () => {
  it('lists operators with their tensors, shapes and costs', () => {
    const report = staticReport(cnn());
    assert.equal(report.status, 'static');
    const conv = operator(report, 'Conv');
    const macs = report.scenarios[0]?.operators.find(({ operatorId }) => operatorId === conv.id)?.macs;
    const shapeOf = (id: string | undefined): readonly number[] =>
      report.tensors.find((each) => each.id === id)?.shape ?? [];
    const [outputs, channels, height, width] = shapeOf(conv.inputs[1]);
    const [, , outHeight, outWidth] = shapeOf(conv.outputs[0]);
    assert.equal(macs, outputs! * channels! * height! * width! * outHeight! * outWidth!);
    assert.ok(conv.weightBytes > 0);
    assert.equal(report.scenarios[0]?.latency, null);
    assert.deepEqual(report.scenarios[0].kernels, []);
  });

  it('uses each tensor id once, and only ids that are listed', () => {
    for (const model of [cnn(), branches(), functions(), hostile(), readModel(realModels.sileroLegacy)]) {
      const { tensors, operators } = staticReport(model);
      const ids = new Set(tensors.map(({ id }) => id));
      assert.equal(ids.size, tensors.length);
      const used = new Set(
        operators.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]).filter((id) => id !== ''),
      );
      assert.deepEqual(used, ids);
    }
  });

  it('gives a branch the ids of the tensors around it', () => {
    const report = staticReport(branches());
    const main = report.operators.filter(({ graph }) => graph === '');
    const outer = new Set(main.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]));
    const nested = report.operators.filter(({ graph }) => graph !== '');
    assert.ok(nested.some(({ inputs }) => inputs.some((id) => outer.has(id))));
  });

  it('tells a nested tensor from an outer one of the same name', () => {
    const report = staticReport(readModel(realModels.sileroLegacy));
    const nested = report.operators.filter(({ graph }) => graph !== '');
    assert.ok(nested.length > 0);
    const producers = new Map<string, string>();
    for (const { id, outputs } of report.operators)
      for (const output of outputs.filter((each) => each !== '')) {
        assert.equal(producers.get(output), undefined, `${tensorName(report, output) ?? ''} has one producer`);
        producers.set(output, id);
      }
  });

  it('has a scenario for each phase of a decoder, labelled by it', () => {
    const { scenarios } = staticReport(decoder(true));
    assert.deepEqual(
      scenarios.map(({ id, phase }) => [id, phase]),
      [
        ['s0', 'prefill'],
        ['s1', 'decode'],
      ],
    );
    assert.match(scenarios[1]?.label ?? '', /^decode · /);
  });

  it('says why MACs are not known', () => {
    const [scenario] = staticReport(customOperator()).scenarios;
    assert.equal(scenario?.totals.macs, null);
    assert.ok(scenario.warnings.some(({ code }) => code === 'report.warning.operatorsWithoutRule'));
  });

  it('knows dead and folded operators', () => {
    const [scenario] = staticReport(wasteful()).scenarios;
    const fates = new Set(scenario?.operators.map(({ fate }) => fate));
    assert.ok(fates.has('dead') && fates.has('run'), [...fates].join());
    for (const { fate, trips } of scenario?.operators ?? []) assert.equal(fate === 'run', trips !== 0);
    const cls = staticReport(readModel(realModels.cls));
    const constant = operator(cls, 'Constant');
    assert.equal(cls.scenarios[0]?.operators.find((each) => each.operatorId === constant.id)?.fate, 'folded');
  });

  it('labels a scenario by shapes where symbols say nothing', () => {
    assert.equal(staticReport(readModel(realModels.det)).scenarios[0]?.label, 'x 1×3×640×640');
  });
});

describe('attributes', () => {
  it('are shown by value, long ones shortened, names as plain keys', () => {
    const summary = summarizeAttributes([
      { name: '__proto__', type: 'int', value: 1 },
      { name: 'many', type: 'ints', value: Array.from({ length: 40 }, (_, index) => index) },
      { name: 'infinite', type: 'float', value: -Infinity },
      { name: 'text', type: 'string', value: 'x'.repeat(300) },
      { name: 'value', type: 'tensor', value: { name: '', dataType: 1, dims: [2, 3], storage: { kind: 'none' } } },
    ]);
    assert.ok(Object.hasOwn(summary, '__proto__'));
    assert.equal((summary['many'] as unknown[]).length, 33);
    assert.equal(summary['infinite'], '-Infinity');
    assert.equal(summary['text'], `${'x'.repeat(200)}…`);
    assert.equal(summary['value'], 'float32 [2, 3]');
  });
});

describe('the command that repeats a scenario', () => {
  it('names what was assumed, not what follows from it', () => {
    const command = repeatCommand(
      'inference-profiler profile --threads 2',
      'a model.onnx',
      [
        { name: 'n', value: 1, source: 'symbolName' },
        { name: 'n + 1', value: 2, source: 'expression' },
      ],
      [
        { name: 'x', path: 'x.npy' },
        { name: null, path: 'samples' },
      ],
    );
    const model = quoted('a model.onnx');
    assert.equal(
      command,
      `inference-profiler profile --threads 2 ${model} --dim n=1 --input x=x.npy --input-dir samples`,
    );
  });

  it('quotes names so that they stay one word', () => {
    assert.equal(quoted("it's; $(x)", 'linux'), String.raw`'it'\''s; $(x)'`);
    assert.equal(quoted('a b', 'win32'), '"a b"');
    assert.equal(quoted('%PATH%', 'win32'), null);
    assert.equal(quoted('a\nb', 'linux'), null);
  });
});
