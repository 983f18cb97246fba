import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readProviders } from '../../src/cli/flags.js';
import { feedsOfKind, measureDataKinds, sensitivityWarnings } from '../../src/core/analysis/dataCheck.js';
import { outputDifferences } from '../../src/core/analysis/outputDifference.js';
import { partitionsOf, withProvider } from '../../src/core/analysis/providerComparison.js';
import { analyzeStatically } from '../../src/core/report/build.js';
import { withConditions } from '../../src/core/report/command.js';
import { planScenarios, shareOfBudget, withBudget } from '../../src/core/report/scenarioPlan.js';
import type { Feeds, RuntimeSession, TensorValue } from '../../src/core/runtime/port.js';
import type { Kernel, Scenario } from '../../src/protocol/report.js';
import type { RunOptions } from '../../src/protocol/worker.js';
import { coresOfCpuInfo } from '../../src/runner/physicalCores.js';
import { generate } from '../models/index.js';

const options: RunOptions = {
  dimensions: [],
  inputs: [],
  seed: 0,
  provider: 'cpu',
  threads: 1,
  optimization: 'all',
  budgetSeconds: 10,
  memoryLimitBytes: null,
  command: 'inference-profiler profile --budget 10 --seed 3',
};
const floats = (...values: number[]): TensorValue => ({
  dataType: 'float32',
  dims: [values.length],
  data: Float32Array.from(values),
});

describe('the plan of a call', () => {
  const decoder = generate('decoderWithCache');

  it('fills and uses the cache of a decoder, and leaves dimensions that were asked for alone', () => {
    const { scenarios } = analyzeStatically(decoder, []);
    const bound = scenarios.map(({ phase, dimensions }) => [
      phase,
      Object.fromEntries(dimensions.map(({ name, value }) => [name, value])),
    ]);
    const total = 'past_sequence_length + sequence_length';
    assert.deepEqual(bound, [
      ['prefill', { batch_size: 1, sequence_length: 128, [total]: 128, past_sequence_length: 0 }],
      ['decode', { batch_size: 1, sequence_length: 1, [total]: 129, past_sequence_length: 128 }],
    ]);
    assert.equal(scenarios[1]?.label, 'decode · batch_size 1 · sequence_length 1 · past_sequence_length 128');
    const asked = [{ name: 'past_sequence_length', values: [7], source: 'flag' as const }];
    assert.deepEqual(
      analyzeStatically(decoder, asked).scenarios.map(({ phase }) => phase),
      ['decode'],
    );
  });

  it('measures each set of dimensions on each provider, the CPU first', () => {
    const { scenarios } = analyzeStatically(decoder, []);
    const comparing = { ...options, compareProviders: ['webgpu', 'all'] };
    const planned = planScenarios(scenarios, comparing, ['cpu', 'coreml']);
    assert.deepEqual(
      planned.map((one) => [one.scenario.id, one.options.provider, one.baselineId, one.scenario.phase]),
      [
        ['s0', 'cpu', null, 'prefill'],
        ['s1', 'webgpu', 's0', 'prefill'],
        ['s2', 'coreml', 's0', 'prefill'],
        ['s3', 'cpu', null, 'decode'],
        ['s4', 'webgpu', 's3', 'decode'],
        ['s5', 'coreml', 's3', 'decode'],
      ],
    );
    assert.match(planned[2]?.scenario.label ?? '', /^Core ML · prefill/);
    assert.match(planned[1]?.options.command ?? '', /--budget 10 --seed 3 --provider webgpu$/);
    assert.equal(planScenarios(scenarios, options, ['cpu']).length, 2);
  });

  it('shares the budget, and gives what one leaves to the later ones', () => {
    assert.equal(shareOfBudget(10, 0, 1), 10);
    assert.equal(shareOfBudget(9, 0, 3), 3);
    assert.equal(shareOfBudget(9, 1, 2), 4);
    assert.equal(shareOfBudget(1, 0, 64), 0.5);
    const [first] = planScenarios(analyzeStatically(decoder, []).scenarios, options, ['cpu']);
    assert.ok(first);
    const shared = withBudget(first, 4);
    assert.equal(shared.options.budgetSeconds, 4);
    assert.equal(shared.options.command, 'inference-profiler profile --seed 3 --budget 4');
    assert.equal(withConditions('', { provider: 'cuda' }), 'inference-profiler profile --provider cuda');
  });

  it('reads providers from one flag', () => {
    assert.deepEqual(readProviders('webgpu'), { provider: 'webgpu' });
    assert.deepEqual(readProviders('all'), { provider: 'cpu', compareProviders: ['all'] });
    assert.deepEqual(readProviders('cpu, WebGPU'), { provider: 'cpu', compareProviders: ['cpu', 'webgpu'] });
    assert.throws(() => readProviders('cpu,'), /cli\.flag\.provider|--provider/);
  });
});

describe('the check of data', () => {
  const feeds: Feeds = {
    x: floats(1, 2),
    half: { dataType: 'float16', dims: [1], data: Uint16Array.of(0x3c00) },
    ids: { dataType: 'int64', dims: [1], data: BigInt64Array.of(5n) },
  };

  it('replaces floating-point values alone', () => {
    const denormal = feedsOfKind(feeds, 'denormals');
    const [first] = denormal?.['x']?.data as Float32Array;
    assert.ok(first !== undefined && first > 0 && first < 2 ** -126);
    assert.equal((denormal?.['half']?.data as Uint16Array)[0]! & 0x7c00, 0);
    assert.equal((denormal?.['half']?.data as Uint16Array)[0]! > 0, true);
    assert.deepEqual(denormal?.['ids'], feeds['ids']);
    assert.deepEqual([...(feeds['x']?.data as Float32Array)], [1, 2]);
    assert.equal(feedsOfKind({ ids: feeds['ids'] as TensorValue }, 'zeros'), null);
  });

  /** Denormals take eight times as long. */
  async function check(factor: number): Promise<ReturnType<typeof sensitivityWarnings>> {
    let nowNs = 0;
    let runs = 0;
    const session = {
      time: (given: Feeds) => {
        const value = (given['x']?.data as Float32Array)[0] ?? 0;
        const ns = 1e6 * (value > 0 && value < 1e-38 ? factor : 1) * (1 + 0.01 * (runs++ % 3));
        nowNs += ns;
        return Promise.resolve(ns);
      },
    } as unknown as RuntimeSession;
    const measuring = measureDataKinds(session, feeds, 400e6, { now: () => nowNs, stopRequested: () => false });
    let step = await measuring.next();
    while (!step.done) step = await measuring.next();
    assert.ok(step.value);
    assert.deepEqual(
      step.value.map(({ kind }) => kind),
      ['normal', 'zeros', 'denormals', 'large'],
    );
    assert.ok(nowNs < 600e6, 'within its budget');
    return sensitivityWarnings(step.value);
  }

  it('flags the kind that is slower, with by how much, and no other', async () => {
    const [warning, ...others] = await check(8);
    assert.ok(warning);
    assert.equal(warning.code, 'scenario.warning.data.denormals');
    assert.match(String(warning.params['ratio']), /^(7\.9|8\.0|8\.1)$/);
    assert.deepEqual(others, []);
    assert.deepEqual(await check(1.02), []);
  });
});

describe('providers compared', () => {
  const kernel = (id: string, provider: string, operatorIds: string[], name = id, parentId: string | null = null) =>
    ({ id, provider, operatorIds, name, parentId, kind: 'compute' }) as unknown as Kernel;
  const [cpu, device] = ['CPUExecutionProvider', 'CoreMLExecutionProvider'];
  const kernels = [
    kernel('k0', device, ['n0']),
    kernel('k1', device, ['n1']),
    kernel('k2', cpu, ['n2']),
    kernel('k3', cpu, ['n3'], 'inside', 'k2'),
    kernel('k4', device, [], 'CoreML_123_0'),
    kernel('k5', cpu, [], 'safe5'),
    kernel('k6', device, [], 'CoreML_123_1'),
    kernel('k7', device, [], 'CoreML_123_2'),
    kernel('k8', device, ['n4']),
  ];
  const names = new Map([['safe5', 'n5']]);

  it('divides kernels into partitions; what a provider compiled is one box', () => {
    assert.deepEqual(partitionsOf(kernels, names), [
      { provider: device, kernelIds: ['k0', 'k1'], opaque: false },
      { provider: cpu, kernelIds: ['k2'], opaque: false },
      { provider: device, kernelIds: ['k4'], opaque: true },
      { provider: cpu, kernelIds: ['k5'], opaque: false },
      { provider: device, kernelIds: ['k6'], opaque: true },
      { provider: device, kernelIds: ['k7'], opaque: true },
      { provider: device, kernelIds: ['k8'], opaque: false },
    ]);
  });

  it('names what fell back, mapped by a graph or by name alone', () => {
    const scenario = { kernels, warnings: [], run: { provider: 'coreml' } } as unknown as Scenario;
    const operators = Array.from({ length: 6 }, (_, index) => ({ id: `n${index}`, opType: `Op${index}` }));
    const input = {
      scenario,
      providerName: 'Core ML',
      baselineScenarioId: 's0',
      operators,
      operatorIdByKernelName: names,
    };
    const { providerComparison, warnings } = withProvider(input, []);
    assert.deepEqual(providerComparison?.fallbackOperatorIds, ['n2', 'n3', 'n5']);
    assert.deepEqual(warnings, [
      { code: 'scenario.warning.providerOpaque', params: { provider: 'Core ML', count: 3 } },
      {
        code: 'scenario.warning.providerFellBack',
        params: { provider: 'Core ML', count: 3, types: 'Op2, Op3, Op5' },
      },
    ]);
  });

  it('tells how far outputs lie apart', () => {
    const [difference] = outputDifferences({ y: floats(3, 4.1) }, { y: floats(3, 4) });
    assert.ok(difference && Math.abs((difference.maxAbsoluteError ?? 0) - 0.1) < 1e-6);
    assert.ok(Math.abs((difference.sqnrDb ?? 0) - 10 * Math.log10(25 / 0.01)) < 1e-3);
    assert.ok(Math.abs((difference.cosine ?? 0) - 25.4 / (5 * Math.sqrt(25.81))) < 1e-6);
    assert.deepEqual(outputDifferences({ y: floats(1) }, { y: floats(1) }), [
      { output: 'y', maxAbsoluteError: 0, sqnrDb: null, cosine: 1 },
    ]);
    const unknown = { output: 'y', maxAbsoluteError: null, sqnrDb: null, cosine: null };
    assert.deepEqual(outputDifferences({ y: floats(1, 2) }, { y: floats(1) }), [unknown]);
    assert.deepEqual(outputDifferences({ y: floats(NaN) }, { y: floats(1) }), [unknown]);
  });
});

describe('physical cores', () => {
  it('are pairs of package and core', () => {
    const processor = (socket: number, core: number): string =>
      `processor : 0\nphysical id\t: ${socket}\ncore id\t\t: ${core}\n`;
    assert.equal(coresOfCpuInfo([processor(0, 0), processor(0, 0), processor(0, 1), processor(1, 0)].join('\n')), 3);
    assert.equal(coresOfCpuInfo('processor\t: 0\nBogoMIPS\t: 50\n'), null);
  });
});
