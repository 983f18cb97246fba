import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { FileConstants } from '../../src/core/model/constants.js';
import { DataTypes } from '../../src/core/model/dataTypes.js';
import { elementAt, halfToNumber, numberToHalf } from '../../src/core/model/elements.js';
import type { ModelGraph } from '../../src/core/model/graph.js';
import { inlineFunctions } from '../../src/core/model/inline.js';
import { readModel } from '../../src/core/model/read.js';
import { withSafeNames } from '../../src/core/model/safeNames.js';
import { walkGraphs, walkNodes } from '../../src/core/model/walk.js';
import { writeModel } from '../../src/core/model/write.js';
import { GraphBuilder, tensorOf } from '../models/builder.js';
import { fixture, fixtureNames, generate, realModels } from '../models/index.js';
import { contentOf } from './modelContent.js';

const folder = mkdtempSync(path.join(tmpdir(), 'model-writer-'));
after(() => {
  rmSync(folder, { recursive: true });
});

function rewrite(model: ModelGraph): ModelGraph {
  const file = path.join(folder, 'rewritten.onnx');
  writeFileSync(file, writeModel(model, { weights: 'inline' }));
  return readModel(file);
}

/** Half a gigabyte of zeros each: read and written by reference elsewhere. */
const large = new Set(['resnet50', 'bertBase']);

describe('writeModel', () => {
  for (const [name, file] of Object.entries(realModels)) {
    it(`writes ${name} as it was read`, () => {
      const model = readModel(file);
      assert.deepEqual(contentOf(rewrite(model)), contentOf(model));
    });
  }

  it('writes generated models as they were made', () => {
    for (const name of fixtureNames.filter((each) => !large.has(each))) {
      const made = generate(name);
      assert.deepEqual(contentOf(readModel(fixture(name))), contentOf(made), name);
    }
  });

  it('keeps the largest int64, which no double holds', () => {
    const b = new GraphBuilder();
    b.add('Slice', [b.input('x', [4])], { outputs: ['y'], attributes: { starts: [-2], ends: [2 ** 63] } });
    const bytes = Buffer.from(writeModel(b.model(), { weights: 'inline' }));
    assert.ok(bytes.includes(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])));
  });

  it('refers to large weights where they lie and writes small ones out', () => {
    const model = readModel(realModels.det);
    const bytes = writeModel(model, { weights: 'reference' });
    assert.ok(bytes.length < 120_000, `${bytes.length} bytes`);
    const file = path.join(folder, path.basename(realModels.det));
    writeFileSync(path.join(folder, 'reference.onnx'), bytes);
    const referring = readModel(path.join(folder, 'reference.onnx'));
    const locations = new Set<string | null>();
    for (const { storage } of referring.graph.initializers)
      if (storage.kind === 'raw') locations.add(storage.range.file);
    assert.deepEqual([...locations], [path.basename(file)]);
    const constants = [...walkNodes(model)].filter(({ node }) => node.opType === 'Constant').length;
    const left = [...walkNodes(referring)].filter(({ node }) => node.opType === 'Constant').length;
    assert.equal(referring.graph.initializers.length, constants - left);
    assert.ok(left > 0);
  });

  it('writes 438 MB of weights by reference in little', () => {
    assert.ok(writeModel(readModel(fixture('bertBase')), { weights: 'reference' }).length < 300_000);
  });
});

describe('constants', () => {
  it('reads typed data as the runtime does', () => {
    // TensorProto with int32_data [1.0, -2.0] as float16 bits, packed; then uint8 one by one; then int64 max.
    const half = [0x08, 2, 0x10, 10, 0x2a, 6, 0x80, 0x78, 0x80, 0x80, 0x03, 0x00];
    half[5] = 5;
    half.pop();
    const bytes = [0x08, 2, 0x10, 2, 0x28, 200, 1, 0x28, 7];
    const wide = [0x08, 1, 0x10, 7, 0x3a, 9, ...new Array<number>(8).fill(0xff), 0x7f];
    const tensors = [half, bytes, wide].flatMap((tensor) => [0x2a, tensor.length, ...tensor]);
    const file = path.join(folder, 'typed.onnx');
    writeFileSync(file, new Uint8Array([0x08, 8, 0x3a, tensors.length, ...tensors]));
    const model = readModel(file);
    const constants = new FileConstants(model);
    const numbers = model.graph.initializers.map((tensor) => constants.readNumbers(tensor, 10));
    assert.deepEqual(numbers, [[1, -2], [200, 7], [2 ** 63]]);
    assert.equal(constants.readNumbers(model.graph.initializers[0]!, 1), null);
    constants.close();
    assert.deepEqual(contentOf(rewrite(model)), contentOf({ ...model, graph: { ...model.graph, name: 'graph' } }));
  });

  it('takes packed float_data for what it is: raw bytes that can be referred to', () => {
    const floats = Buffer.from(Float32Array.from({ length: 300 }, (_, index) => index / 4).buffer);
    const tensor = Buffer.concat([Buffer.from([0x08, 0xac, 2, 0x10, 1, 0x42, 1, 0x77, 0x22, 0xb0, 9]), floats]);
    const length = tensor.length;
    const graph = Buffer.concat([Buffer.from([0x2a, (length & 127) | 128, length >> 7]), tensor]);
    const file = path.join(folder, 'floats.onnx');
    const graphLength = [(graph.length & 127) | 128, graph.length >> 7];
    writeFileSync(file, Buffer.concat([Buffer.from([0x08, 8, 0x3a, ...graphLength]), graph]));
    const model = readModel(file);
    const weight = model.graph.initializers[0]!;
    assert.equal(weight.storage.kind, 'typed');
    assert.equal(new FileConstants(model).readNumbers(weight, 300)?.[299], 299 / 4);
    assert.ok(writeModel(model, { weights: 'reference' }).length < 200);
    assert.deepEqual(contentOf(rewrite(model)), contentOf({ ...model, graph: { ...model.graph, name: 'graph' } }));
  });

  it('reads each element type', () => {
    const cases: [keyof typeof DataTypes, number[]][] = [
      ['float64', [1.5, -1e300]],
      ['int64', [-1, 2 ** 40]],
      ['uint8', [0, 255]],
      ['bool', [1, 0]],
      ['int4', [-8, 7, -1]],
      ['uint4', [15, 0, 9]],
      ['float16', [65504, -(2 ** -24), 0.333251953125]],
    ];
    const constants = new FileConstants({ path: '' });
    for (const [dataType, values] of cases)
      assert.deepEqual(constants.readNumbers(tensorOf(values, { dataType }), 9), values, dataType);
    const element = (byte: number, dataType: number): number | null =>
      elementAt(new DataView(new Uint8Array([byte, 0x40]).buffer), 0, dataType);
    assert.equal(element(0x38, DataTypes.float8e4m3fn), 1);
    assert.equal(element(0x3c, DataTypes.float8e5m2), 1);
    assert.equal(element(0xfc, DataTypes.float8e5m2), -Infinity);
    assert.equal(element(0x80, DataTypes.bfloat16), 4);
    assert.equal(element(0x07, DataTypes.float4e2m1), 6);
  });

  it('turns every half precision number into itself', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const value = halfToNumber(bits);
      if (!Number.isNaN(value) && !Object.is(value, -0)) assert.equal(numberToHalf(value), bits);
    }
  });
});

describe('withSafeNames', () => {
  it('leaves nothing in a name that a trace would not stand', () => {
    for (const name of ['hostile', 'branches', 'flatNames', 'decoderWithCache'] as const) {
      const original = inlineFunctions(readModel(fixture(name)));
      const safe = withSafeNames(original);
      const ids = [...walkNodes(original)].map(({ id }) => id);
      const nodes = [...walkNodes(safe.model)];
      assert.deepEqual(
        nodes.map(({ node }) => safe.operatorIdByNodeName.get(node.name)),
        ids,
      );
      for (const { node } of nodes) {
        assert.match(node.name, /^\w+$/);
        for (const tensor of [...node.inputs, ...node.outputs]) assert.match(tensor, /^[\w./:-]*$/);
      }
    }
  });

  it('keeps harmless tensor names and tells the replaced ones', () => {
    const decoder = readModel(fixture('decoderWithCache'));
    const safe = withSafeNames(decoder);
    assert.deepEqual([...safe.tensorNames], []);
    assert.equal(safe.inputNames.get('past_key_values.0.key'), 'past_key_values.0.key');
    const hostile = withSafeNames(readModel(fixture('hostile')));
    const input = hostile.inputNames.get('input"<b>')!;
    assert.match(input, /^tensor\d+$/);
    assert.equal(hostile.tensorNames.get(input), 'input"<b>');
    assert.equal(hostile.tensorNames.get(hostile.model.graph.outputs[0]!.name), 'output\n</script>');
  });

  it('invents no name that a tensor has', () => {
    const b = new GraphBuilder();
    b.add('Add', [b.input('bad name', [1]), b.input('tensor1', [1])], { outputs: ['tensor2'] });
    b.output('tensor2', [1]);
    assert.equal(withSafeNames(b.model()).inputNames.get('bad name'), 'tensor3');
  });
});

describe('inlineFunctions', () => {
  it('puts the bodies in place of the calls, with names of their own', () => {
    const model = inlineFunctions(readModel(fixture('functions')));
    assert.deepEqual(model.functions, []);
    assert.deepEqual(
      model.graph.nodes.map(({ name, opType }) => `${name} ${opType}`),
      [
        'first/matmul MatMul',
        'first/bias Add',
        'first/activate/activation LeakyRelu',
        'first/activate/two Constant',
        'first/activate/scale Mul',
        'first/matmul Relu',
        'last/matmul MatMul',
        'last/bias Add',
        'last/activate/activation LeakyRelu',
        'last/activate/two Constant',
        'last/activate/scale Mul',
      ],
    );
    const slopes = model.graph.nodes
      .filter(({ opType }) => opType === 'LeakyRelu')
      .map(({ attributes }) => attributes[0]);
    assert.deepEqual(
      slopes.map((slope) => [slope?.name, slope?.type === 'float' && Math.fround(slope.value)]),
      [
        ['alpha', Math.fround(0.3)],
        ['alpha', Math.fround(0.05)],
      ],
    );
    const produced = [...walkGraphs(model)].flatMap(({ graph }) => graph.nodes.flatMap(({ outputs }) => outputs));
    assert.equal(new Set(produced).size, produced.length, 'two nodes make the same tensor');
  });

  it('takes the default, drops an attribute that nobody gives, and picks the overload', () => {
    const made = generate('functions');
    const [scaled] = made.functions;
    const b = new GraphBuilder();
    b.add('ScaledRelu', [b.input('x', [1])], { name: 'call', domain: 'example.functions', outputs: ['y'] });
    b.output('y', [1]);
    const slopeOf = (model: ModelGraph): unknown => inlineFunctions(model).graph.nodes[0]?.attributes;
    assert.deepEqual(slopeOf(b.model({ functions: [scaled!] })), [
      { name: 'alpha', type: 'float', value: Math.fround(0.1) },
    ]);
    assert.deepEqual(slopeOf(b.model({ functions: [{ ...scaled!, attributeDefaults: [] }] })), []);
    const overloaded = { ...scaled!, overload: 'other' };
    const untouched = inlineFunctions(b.model({ functions: [overloaded] }));
    assert.equal(untouched.graph.nodes[0]?.opType, 'ScaledRelu');
    b.nodes[0]!.overload = 'other';
    assert.equal(inlineFunctions(b.model({ functions: [overloaded] })).graph.nodes.length, 3);
  });

  it('refuses a function that calls itself and bodies that multiply', () => {
    const body = (name: string, calls: string[]): ModelGraph['functions'][number] => ({
      ...{ domain: 'd', name, overload: '', inputs: ['x'], outputs: ['y'], opsets: [] },
      ...{ attributeNames: [], attributeDefaults: [] },
      nodes: calls.map((opType, index) => ({
        ...{ name: '', opType, domain: 'd', inputs: ['x'], attributes: [] },
        outputs: [index === 0 ? 'y' : `y${index}`],
      })),
    });
    const b = new GraphBuilder();
    b.add('F0', [b.input('x', [1])], { domain: 'd', outputs: ['y'] });
    const code = (functions: ModelGraph['functions']): string => {
      try {
        inlineFunctions(b.model({ functions }));
        return 'none';
      } catch (error) {
        return (error as { failureMessage: { code: string } }).failureMessage.code;
      }
    };
    assert.equal(code([body('F0', ['F1']), body('F1', ['F0'])]), 'model.error.recursion');
    const many = Array.from({ length: 12 }, (_, level) =>
      body(`F${level}`, new Array<string>(10).fill(`F${level + 1}`)),
    );
    assert.equal(code(many), 'model.error.functionSize');
  });

  it('keeps an output that is the input unchanged', () => {
    const b = new GraphBuilder();
    b.add('Same', [b.input('x', [1])], { domain: 'd', name: 'same', outputs: ['y'] });
    const lists = { inputs: ['a'], outputs: ['a'], attributeNames: [], attributeDefaults: [], nodes: [], opsets: [] };
    const model = inlineFunctions(b.model({ functions: [{ domain: 'd', name: 'Same', overload: '', ...lists }] }));
    assert.deepEqual(
      model.graph.nodes.map(({ opType, inputs, outputs }) => [opType, inputs, outputs]),
      [['Identity', ['x'], ['y']]],
    );
  });
});
