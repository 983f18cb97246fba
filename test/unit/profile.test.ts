import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { node, tensor, value } from '../../src/core/analysis/microModels.js';
import { profileExperiment } from '../../src/core/analysis/profile.js';
import { quoted, repeatCommand } from '../../src/core/analysis/repeatCommand.js';
import type { ProfileEvent } from '../../src/core/analysis/types.js';
import { DataTypes } from '../../src/core/model/dataTypes.js';
import type { ModelGraph } from '../../src/core/model/graph.js';
import { readModel } from '../../src/core/model/read.js';
import { writeModel } from '../../src/core/model/write.js';
import { analyzeModel } from '../../src/core/operators/analyze.js';
import type { PowerInterval, PowerMeter } from '../../src/core/runtime/packagePower.js';
import type { TensorValue } from '../../src/core/runtime/port.js';
import type { Scenario } from '../../src/protocol/report.js';
import type { InputRequest, ProfilePhase } from '../../src/protocol/worker.js';
import { FakeMachine, type FakeMachineScript, noise } from './support/fakeMachine.js';
import { FakeRuntime, type FakeRuntimeScript } from './support/fakeRuntime.js';
import { modelAround } from '../models/modelAround.js';

const MS = 1e6;
const SHAPES = {
  MatMul: {
    inputs: [
      [2, 4],
      [4, 8],
    ],
    outputs: [[2, 8]],
  },
  Relu: { inputs: [[2, 8]], outputs: [[2, 8]] },
};

const graph: ModelGraph = modelAround({
  name: 'g',
  nodes: [node('MatMul', ['x', 'w'], 'h'), node('Relu', ['h'], 'y')],
  initializers: [tensor('w', DataTypes.float32, [4, 8], new Uint8Array(4 * 8 * 4))],
  inputs: [value('x', DataTypes.float32, [2, 4])],
  outputs: [value('y', DataTypes.float32, [2, 8])],
  valueInfos: [],
});

let folder = '';
let modelPath = '';
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'profile-'));
  modelPath = path.join(folder, 'model.onnx');
  await writeFile(modelPath, writeModel(graph, { weights: 'inline' }));
});
after(() => rm(folder, { recursive: true, force: true }));

interface Profiled {
  machine: FakeMachine;
  runtime: FakeRuntime;
  events: ProfileEvent[];
  scenario: Scenario;
}

interface Setting {
  machine?: Partial<FakeMachineScript>;
  runtime?: Partial<FakeRuntimeScript>;
  /** Stop as soon as this phase runs. */
  stopIn?: ProfilePhase;
  inputs?: InputRequest[];
  budgetSeconds?: number;
  power?: PowerMeter;
}

async function profile(setting: Setting = {}): Promise<Profiled> {
  const machine = new FakeMachine({ runNs: (index) => 4 * MS * (1 + 0.01 * noise(index)), ...setting.machine });
  const script = { shapes: SHAPES, nodeUs: { MatMul: 3000, Relu: 1000 }, ...setting.runtime };
  const runtime = new FakeRuntime(folder, machine, script);
  const model = readModel(modelPath);
  const constants = { readNumbers: () => null };
  const analysis = analyzeModel(model, { bindings: new Map(), constants });
  let stopped = false;
  const generator = profileExperiment(
    runtime,
    {
      model,
      modelPath,
      analysis,
      modules: new Map([['n0', 'body']]),
      dimensions: [],
      phase: 'whole',
      label: 'x',
      scenarioId: 's0',
      inputs: setting.inputs ?? [],
      options: {
        dimensions: [],
        inputs: setting.inputs ?? [],
        seed: 0,
        provider: 'cpu',
        threads: 1,
        optimization: 'all',
        budgetSeconds: setting.budgetSeconds ?? 10,
        memoryLimitBytes: null,
        command: '',
      },
    },
    {
      gauge: machine.gauge,
      ...(setting.power && { power: setting.power }),
      now: machine.now,
      stopRequested: () => stopped || machine.stopRequested(),
      readModel,
    },
  );
  const events: ProfileEvent[] = [];
  for (;;) {
    const step = await generator.next();
    if (step.done) return { machine, runtime, events, scenario: step.value };
    events.push(step.value);
    if (step.value.type === 'progress' && step.value.progress.phase === setting.stopIn) stopped = true;
  }
}

const codes = (scenario: Scenario): string[] => scenario.warnings.map(({ code }) => code);
const phaseStates = (events: ProfileEvent[]): string[] => [
  ...new Set(
    events.flatMap((event) =>
      event.type === 'progress' ? [`${event.progress.phase} ${event.progress.state}`] : ['draft'],
    ),
  ),
];

describe('a profile', () => {
  it('goes through its phases and ends with figures that add up', async () => {
    const { scenario, events, runtime } = await profile();
    assert.deepEqual(phaseStates(events), [
      'session running',
      'session done',
      'shapes running',
      'shapes done',
      'firstTrace running',
      'firstTrace done',
      'draft',
      'latency running',
      'latency done',
      'trace running',
      'trace done',
    ]);
    assert.deepEqual(codes(scenario), []);
    const { latency, overhead, kernels } = scenario;
    assert.ok(latency && overhead);
    assert.ok(Math.abs(latency.medianNs - 4 * MS) < 0.05 * MS);
    const sum = kernels.reduce((total, { timeNs }) => total + timeNs, 0);
    assert.ok(Math.abs(sum + overhead.timeNs - latency.medianNs) < 1);
    assert.deepEqual(
      kernels.map(({ opType }) => opType),
      ['MatMul', 'Relu'],
    );
    assert.ok(kernels[0]!.timeNs > 2.5 * kernels[1]!.timeNs);
    assert.equal(kernels[0]!.module, 'body');
    assert.deepEqual(
      scenario.operators.map(({ fate, kernelId }) => [fate, kernelId]),
      [
        ['run', 'k0'],
        ['run', 'k1'],
      ],
    );
    assert.equal(kernels[0]!.roundTimesNs.length, 3);
    assert.equal(scenario.run.tracedRuns > 100, true);
    assert.ok(runtime.sessions.every(({ closed }) => closed));
  });

  it('reads the power while rounds of latency are measured, and only then', async () => {
    let open = 0;
    let begun = 0;
    const begin = (): PowerInterval => {
      open += 1;
      begun += 1;
      return {
        sample: () => undefined,
        end: () => {
          open -= 1;
          return { microjoules: [4e6], elapsedNs: 0.08e9 };
        },
      };
    };
    const { scenario } = await profile({ power: { begin } });
    assert.deepEqual([open, begun], [0, scenario.latency!.rounds.length]);
    assert.equal(Math.round(scenario.power!.watts), 50);
    const unknown = { begin: () => ({ sample: () => undefined, end: () => null }) };
    assert.equal((await profile({ power: unknown })).scenario.power, undefined);
    assert.equal((await profile()).scenario.power, undefined);
  });

  it('counts costs and memory from the shapes that ran', async () => {
    const { scenario } = await profile();
    assert.equal(scenario.totals.macs, 2 * 4 * 8);
    assert.equal(scenario.operators[0]!.macs, 64);
    assert.equal(scenario.totals.weightBytes, 128);
    // x (32 bytes) and h (64), then h and y (64 each).
    assert.deepEqual(scenario.memory?.timeline, [
      { step: 0, kernelId: 'k0', liveBytes: 96 },
      { step: 1, kernelId: 'k1', liveBytes: 128 },
    ]);
    assert.equal(scenario.memory.peakActivationBytes, 128);
  });

  it('takes latency from the file itself, without recording, and never has two sessions alive', async () => {
    const { runtime, scenario } = await profile();
    assert.equal(runtime.mostAlive, 1);
    const untraced = runtime.sessions.filter(({ options, isEmpty, isChain }) => !options.trace && !isEmpty && !isChain);
    assert.ok(untraced.every(({ source }) => source.kind === 'file' && source.path === modelPath));
    const longest = untraced.reduce((most, { runs }) => Math.max(most, runs), 0);
    assert.equal(longest, scenario.run.warmUpRuns + scenario.run.measuredRuns);
    const [shapePass] = runtime.sessions.filter(({ options }) => options.disablePrepacking);
    assert.equal(shapePass?.options.optimization, 'disabled');
    assert.equal(shapePass.runs, 1);
    assert.ok(runtime.sessions.every(({ options }) => options.threads === 1));
  });

  it('solves the cost of an event within what this machine showed', async () => {
    const nodeUs = { MatMul: 3000, Relu: 1002 };
    const { scenario } = await profile({ machine: { runNs: () => 4 * MS }, runtime: { nodeUs } });
    // (4,002 + 5 - 4,000) µs over 2 events; the chain of tiny operators showed 1.8, the usual bound is 2.5.
    assert.ok(Math.abs((scenario.overhead?.eventCostNs ?? 0) - 3500) < 1);
    assert.equal(scenario.overhead?.scale, 1);
  });

  describe('whose traced session has slower kernels than any recording explains', () => {
    /** Opened for the kernels' times: after the file, the empty model, shapes, first trace, latency and the chain's two. */
    const KERNELS = 7;
    const slowIn = (...sessions: number[]) => ({
      nodeUs: { MatMul: 3000, Relu: 1000 },
      slowdown: (session: number) => (sessions.includes(session) ? 1.6 : 1),
    });
    const tracedSessions = ({ runtime }: Profiled) =>
      runtime.sessions.slice(KERNELS).filter(({ options }) => options.trace);
    const machine = { runNs: () => 4 * MS };

    it('opens another, and takes its figures', async () => {
      const profiled = await profile({ machine, runtime: slowIn(KERNELS) });
      assert.equal(tracedSessions(profiled).length, 2);
      assert.equal(profiled.scenario.overhead?.scale, 1);
      assert.equal((await profile({ machine, runtime: slowIn() })).runtime.sessions.length, KERNELS + 1);
    });

    it('opens another where an event cost more than it usually does, as on threads that share a core', async () => {
      // 12 and 6 µs add up to a run of 15 beside an empty call of 5: 1.5 µs an event, in the first session 5.
      const profiled = await profile({
        machine: { runNs: () => 20e3 },
        runtime: { nodeUs: { MatMul: 12, Relu: 6 }, slowdown: (session) => (session === KERNELS ? 1.4 : 1) },
      });
      assert.equal(tracedSessions(profiled).length, 2);
      assert.ok(Math.abs((profiled.scenario.overhead?.eventCostNs ?? 0) - 1500) < 1);
    });

    it('keeps the clearer of them, and ends after three', async () => {
      const second = { ...slowIn(), slowdown: (session: number) => [1.3, 1.6, 1.4][session - KERNELS] ?? 1 };
      const profiled = await profile({ machine, budgetSeconds: 30, runtime: second });
      assert.equal(tracedSessions(profiled).length, 3);
      assert.ok(Math.abs((profiled.scenario.overhead?.scale ?? 0) - 1 / 1.3) < 0.01);
    });

    it('keeps what it has when the budget is spent', async () => {
      const profiled = await profile({ machine, budgetSeconds: 0.7, runtime: slowIn(KERNELS) });
      assert.equal(tracedSessions(profiled).length, 1);
      assert.ok(profiled.machine.nowNs - 1e9 < 1.2e9);
    });
  });

  it('hands out kernels before it measures in earnest', async () => {
    const { events } = await profile();
    const first = events.findIndex((event) => event.type === 'scenario');
    const latency = events.findIndex((event) => event.type === 'progress' && event.progress.phase === 'latency');
    assert.ok(first !== -1 && first < latency);
    const draft = events[first];
    assert.ok(draft?.type === 'scenario' && draft.scenario.kernels.length === 2 && draft.scenario.latency !== null);
  });

  it('keeps within its budget', async () => {
    const { machine } = await profile({
      budgetSeconds: 4,
      machine: { runNs: (_, nowNs) => 4 * MS * (1 + 0.4 * Math.sin(nowNs / 1e9)) },
    });
    // Five sessions open in 50 ms each; the first look and trace take little more.
    assert.ok(machine.nowNs - 1e9 < 5.5e9, `${machine.nowNs}`);
  });

  it('runs a model slower than its budget a handful of times', async () => {
    const { machine, scenario } = await profile({ machine: { runNs: () => 60e9 } });
    assert.ok(machine.runs <= 5, `${machine.runs} runs`);
    assert.equal(scenario.latency?.medianNs, 60e9);
    assert.equal(scenario.kernels.length, 2);
    assert.ok(codes(scenario).includes('measure.warning.oneRun'));
  });
});

describe('a stop', () => {
  const cases: [ProfilePhase, { latency: boolean; kernels: number }][] = [
    ['session', { latency: false, kernels: 0 }],
    ['shapes', { latency: true, kernels: 0 }],
    ['firstTrace', { latency: true, kernels: 2 }],
    ['latency', { latency: true, kernels: 2 }],
    ['trace', { latency: true, kernels: 2 }],
  ];
  for (const [phase, kept] of cases)
    it(`in ${phase} keeps what was measured until then`, async () => {
      const { scenario, runtime, events } = await profile({ stopIn: phase });
      assert.equal(scenario.latency !== null, kept.latency);
      assert.equal(scenario.kernels.length, kept.kernels);
      assert.ok(codes(scenario).includes('measure.warning.stopped'));
      assert.ok(runtime.sessions.every(({ closed }) => closed));
      const order: ProfilePhase[] = ['session', 'shapes', 'firstTrace', 'latency', 'trace'];
      const later = order.slice(order.indexOf(phase) + 1);
      assert.ok(!events.some((event) => event.type === 'progress' && later.includes(event.progress.phase)));
    });
});

describe('a runtime that refuses', () => {
  it('the file ends the profile', async () => {
    await assert.rejects(profile({ runtime: { refuses: ({ source }) => source.kind === 'file' } }), {
      kind: 'expected',
    });
  });

  it('the shape pass leaves the shapes of the file', async () => {
    const { scenario } = await profile({ runtime: { refuses: ({ options }) => options.disablePrepacking } });
    assert.deepEqual(codes(scenario), ['measure.warning.shapesFromFile']);
    assert.equal(scenario.totals.macs, 64);
    assert.equal(scenario.kernels.length, 2);
  });

  it('tracing leaves the latency', async () => {
    const { scenario } = await profile({ runtime: { fails: ({ options }) => options.saveOptimizedGraph } });
    assert.deepEqual(scenario.warnings, [{ code: 'measure.warning.traceFailed', params: { reason: 'failed' } }]);
    assert.deepEqual(scenario.kernels, []);
    assert.ok(scenario.latency);
  });
});

describe('expected outputs', () => {
  const expected = Uint8Array.from([0x08, 2, 0x10, 1, 0x4a, 8, ...new Uint8Array(new Float32Array([1, 2]).buffer)]);
  const output = (values: number[]): { outputs: Record<string, TensorValue> } => ({
    outputs: { y: { dataType: 'float32', dims: [values.length], data: new Float32Array(values) } },
  });
  const tolerance = '1e-5 + 1e-3·|expected|';
  const inputs = (): InputRequest[] => [{ name: null, path: path.join(folder, 'test_data_set_0') }];
  before(async () => {
    const { mkdir } = await import('node:fs/promises');
    await mkdir(path.join(folder, 'test_data_set_0'));
    const x = [0x08, 2, 0x08, 4, 0x10, 1, 0x42, 1, 0x78, 0x4a, 32, ...new Uint8Array(32)];
    await writeFile(path.join(folder, 'test_data_set_0', 'input_0.pb'), Uint8Array.from(x));
    await writeFile(path.join(folder, 'test_data_set_0', 'output_0.pb'), expected);
  });

  it('are compared within rounding', async () => {
    const { scenario } = await profile({ runtime: output([1.0005, 2]), inputs: inputs() });
    const params = { absolute: '0.0005', relative: '0.0005', output: 'y', folder: 'test_data_set_0', tolerance };
    assert.deepEqual(scenario.warnings, [{ code: 'measure.warning.outputsAgree', params }]);
    assert.deepEqual(scenario.inputs[0]?.source, 'file:test_data_set_0/input_0.pb');
    assert.match(scenario.run.command, /--input-dir \S+test_data_set_0$/);
  });

  it('that differ are told with by how much', async () => {
    const { scenario } = await profile({ runtime: output([1.5, 2]), inputs: inputs() });
    const params = {
      output: 'y',
      folder: 'test_data_set_0',
      ...{ absolute: '0.5', relative: '0.5', tolerance, count: 1, total: 2 },
    };
    assert.deepEqual(scenario.warnings, [{ code: 'measure.warning.outputsDiffer', params }]);
    const other = await profile({ runtime: output([1, 2, 3]), inputs: inputs() });
    assert.deepEqual(codes(other.scenario), ['measure.warning.outputShape']);
  });
});

describe('the command that repeats a scenario', () => {
  const dimensions = [
    { name: 'batch', value: 1, source: 'default' as const },
    { name: 'a + b', value: 7, source: 'expression' as const },
    { name: "$(touch x)'", value: 2, source: 'flag' as const },
  ];

  it('names the dimensions and quotes what a shell would run', () => {
    assert.equal(
      repeatCommand('', 'my model.onnx', dimensions, [{ name: 'x', path: 'x.npy' }], 'linux'),
      `inference-profiler profile 'my model.onnx' --dim batch=1 --dim '$(touch x)'\\''=2' --input x=x.npy`,
    );
  });

  it('leaves out what cannot be quoted', () => {
    assert.equal(repeatCommand('base', 'm.onnx', dimensions, [], 'win32'), 'base --dim batch=1');
    assert.equal(quoted('a\nb', 'linux'), null);
    assert.equal(quoted('C:\\my models\\m.onnx', 'win32'), '"C:\\my models\\m.onnx"');
  });
});
