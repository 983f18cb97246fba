import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { zipSync } from 'fflate';
import { DataTypes } from '../../src/core/model/dataTypes.js';
import type { DimensionRef, ModelGraph, Node } from '../../src/core/model/graph.js';
import type { TensorValue } from '../../src/core/runtime/port.js';
import { readArrays } from '../../src/core/runtime/inputs/files.js';
import { dimensionsFromInputs, prepareInputs } from '../../src/core/runtime/inputs/inputs.js';
import { readNpy } from '../../src/core/runtime/inputs/npy.js';
import type { BoundDimension } from '../../src/protocol/report.js';
import type { PreparedInputs } from '../../src/core/runtime/inputs/types.js';
import { modelAround } from '../models/modelAround.js';

type Declared = [name: string, dataType: keyof typeof DataTypes, shape: DimensionRef[]];

function modelOf(inputs: Declared[], nodes: Node[] = [], tables: Record<string, number[]> = {}): ModelGraph {
  return modelAround({
    name: '',
    nodes,
    initializers: Object.entries(tables).map(([name, dims]) => ({
      name,
      dataType: DataTypes.float32,
      dims,
      storage: { kind: 'none' as const },
    })),
    inputs: inputs.map(([name, dataType, shape]) => ({
      name,
      type: { kind: 'tensor' as const, dataType: DataTypes[dataType], shape },
    })),
    outputs: [],
    valueInfos: [],
  });
}

const gather = (table: string, ids: string): Node => ({
  name: '',
  opType: 'Gather',
  domain: '',
  inputs: [table, ids],
  outputs: [`${ids}_rows`],
  attributes: [],
});

const bound = (values: Record<string, number>): BoundDimension[] =>
  Object.entries(values).map(([name, value]) => ({ name, value, source: 'flag' }));

const sourceOf = (prepared: PreparedInputs, name: string): string | undefined =>
  prepared.summaries.find((summary) => summary.name === name)?.source;

const numbersOf = (value: TensorValue | undefined): number[] => Array.from(value?.data ?? [], Number);

/** A .npy file of version 1. */
function npy(descr: string, shape: string, data: Uint8Array, fortran = false): Uint8Array {
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${shape}), }`;
  const header = text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11, ' ') + '\n';
  const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  return new Uint8Array(Buffer.concat([start, Buffer.from(header, 'latin1'), data]));
}

const float32Bytes = (values: number[]): Uint8Array => new Uint8Array(new Float32Array(values).buffer);

async function code(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    return (error as { failureMessage?: { code: string } }).failureMessage?.code ?? String(error);
  }
  return 'no error';
}

describe('synthetic inputs', () => {
  const language = modelOf(
    [
      ['input_ids', 'int64', ['batch', 'sequence']],
      ['attention_mask', 'int64', ['batch', 'total']],
      ['position_ids', 'int64', ['batch', 'sequence']],
      ['token_type_ids', 'int64', ['batch', 'sequence']],
      ['past_key_values.0.key', 'float32', ['batch', 4, 'past', 8]],
      ['use_cache_branch', 'bool', [1]],
    ],
    [gather('embedding', 'input_ids'), gather('positions', 'position_ids')],
    { embedding: [37, 8], positions: [512, 8] },
  );

  it('feed a language model what it expects', async () => {
    const prepared = await prepareInputs(language, bound({ batch: 2, sequence: 3, past: 5, total: 8 }), [], 7);
    const ids = numbersOf(prepared.feeds['input_ids']);
    assert.equal(ids.length, 6);
    assert.ok(ids.every((id) => Number.isInteger(id) && id >= 0 && id < 37));
    assert.ok(new Set(ids).size > 1, 'not all the same token');
    assert.ok(prepared.feeds['input_ids']?.data instanceof BigInt64Array);
    assert.deepEqual(numbersOf(prepared.feeds['attention_mask']), new Array(16).fill(1));
    assert.deepEqual(numbersOf(prepared.feeds['position_ids']), [5, 6, 7, 5, 6, 7]);
    assert.deepEqual(numbersOf(prepared.feeds['token_type_ids']), new Array(6).fill(0));
    assert.deepEqual(prepared.feeds['past_key_values.0.key']?.dims, [2, 4, 5, 8]);
    assert.ok(numbersOf(prepared.feeds['past_key_values.0.key']).every((value) => value === 0));
    assert.deepEqual(numbersOf(prepared.feeds['use_cache_branch']), [1]);
    assert.equal(sourceOf(prepared, 'input_ids'), 'synthetic:tokenIds');
  });

  it('feed an empty cache as a zero-sized tensor, and say that it is not used', async () => {
    const prepared = await prepareInputs(language, bound({ batch: 1, sequence: 3, past: 0, total: 3 }), [], 7);
    assert.equal(prepared.feeds['past_key_values.0.key']?.data.length, 0);
    assert.deepEqual(numbersOf(prepared.feeds['use_cache_branch']), [0]);
    assert.deepEqual(numbersOf(prepared.feeds['position_ids']), [0, 1, 2]);
  });

  it('stay below the embedding where the ids are cast and reshaped first', async () => {
    const cast: Node = { name: '', opType: 'Cast', domain: '', inputs: ['x'], outputs: ['y'], attributes: [] };
    const model = modelOf([['x', 'int32', [200]]], [cast, gather('table', 'y')], { table: [3, 4] });
    const prepared = await prepareInputs(model, [], [], 1);
    assert.deepEqual([...new Set(numbersOf(prepared.feeds['x']))].sort(), [0, 1, 2]);
  });

  it('let a loop run whose trips they count, whatever stands between', async () => {
    const node = (opType: string, inputs: string[], output: string): Node => ({
      ...{ name: '', domain: '', attributes: [] },
      ...{ opType, inputs, outputs: [output] },
    });
    const nodes = [node('Squeeze', ['steps'], 'count'), node('Loop', ['count', '', 'state'], 'last')];
    const model = modelOf(
      [
        ['steps', 'int64', [1]],
        ['state', 'float32', [2]],
        ['other', 'int64', [1]],
      ],
      nodes,
    );
    const prepared = await prepareInputs(model, [], [], 3);
    assert.deepEqual(numbersOf(prepared.feeds['steps']), [8]);
    assert.equal(sourceOf(prepared, 'steps'), 'synthetic:trips');
    assert.equal(sourceOf(prepared, 'other'), 'synthetic:smallIntegers');
  });

  it('are images in [0, 1), bytes over their range, audio around zero', async () => {
    const model = modelOf([
      ['pixel_values', 'float32', [1, 3, 8, 8]],
      ['image', 'uint8', [8, 8, 3]],
      ['audio', 'float32', [1, 500]],
      ['sr', 'int64', []],
      ['state', 'float32', [2, 1, 4]],
      ['flag', 'bool', []],
      ['half', 'float16', [50]],
      ['nibbles', 'int4', [7]],
      ['words', 'string', [2]],
    ]);
    const prepared = await prepareInputs(model, [], [], 3);
    const pixels = numbersOf(prepared.feeds['pixel_values']);
    assert.ok(pixels.every((value) => value >= 0 && value < 1));
    assert.ok(Math.max(...pixels) - Math.min(...pixels) > 0.8);
    assert.ok(Math.max(...numbersOf(prepared.feeds['image'])) > 200);
    assert.ok(Math.min(...numbersOf(prepared.feeds['audio'])) < -0.8);
    assert.deepEqual(numbersOf(prepared.feeds['sr']), [16000]);
    assert.deepEqual(prepared.feeds['sr']?.dims, []);
    assert.deepEqual(numbersOf(prepared.feeds['state']), new Array(8).fill(0));
    assert.deepEqual(numbersOf(prepared.feeds['flag']), [1]);
    assert.ok(prepared.feeds['half']?.data instanceof Uint16Array);
    assert.ok(
      numbersOf(prepared.feeds['half']).every((bits) => bits <= 0x3c00),
      'halves up to 1',
    );
    assert.equal(prepared.feeds['nibbles']?.data.length, 4, 'two elements a byte');
    assert.deepEqual(prepared.feeds['words']?.data, ['text 0', 'text 1']);
  });

  it('are the same for the same seed, and do not depend on the other inputs', async () => {
    const alone = await prepareInputs(modelOf([['x', 'float32', [9]]]), [], [], 5);
    const among = await prepareInputs(
      modelOf([
        ['a', 'float32', [4]],
        ['x', 'float32', [9]],
      ]),
      [],
      [],
      5,
    );
    const other = await prepareInputs(modelOf([['x', 'float32', [9]]]), [], [], 6);
    assert.deepEqual(alone.feeds['x'], among.feeds['x']);
    assert.notDeepEqual(alone.feeds['x'], other.feeds['x']);
  });

  it('are refused in words where they cannot be made', async () => {
    const sequence = modelOf([]);
    sequence.graph.inputs.push({ name: 's', type: { kind: 'sequence' } });
    assert.equal(await code(() => prepareInputs(sequence, [], [], 0)), 'measure.input.notATensor');
    const huge = modelOf([['x', 'float32', [2 ** 20, 2 ** 20]]]);
    assert.equal(await code(() => prepareInputs(huge, [], [], 0)), 'measure.input.tooLarge');
    const complex = modelOf([['x', 'complex64', [2]]]);
    assert.equal(await code(() => prepareInputs(complex, [], [], 0)), 'measure.input.dataType');
    assert.equal(
      await code(() => prepareInputs(modelOf([['x', 'float32', ['n']]]), [], [], 0)),
      'measure.input.noShape',
    );
  });
});

describe('.npy', () => {
  it('is read in both byte orders, and columns first', () => {
    const values = [1, 2, 3, 4, 5, 6];
    const little = readNpy(npy('<f4', '2, 3', float32Bytes(values)), 'a.npy');
    assert.deepEqual(little, { dataType: 'float32', dims: [2, 3], data: new Float32Array(values) });
    const swapped = float32Bytes(values);
    for (let at = 0; at < swapped.length; at += 4) swapped.subarray(at, at + 4).reverse();
    assert.deepEqual(readNpy(npy('>f4', '2, 3', swapped), 'a.npy'), little);
    const columns = readNpy(npy('<f4', '2, 3', float32Bytes([1, 4, 2, 5, 3, 6]), true), 'a.npy');
    assert.deepEqual(columns, little);
  });

  it('holds scalars, nothing, integers, bools and strings', () => {
    assert.deepEqual(readNpy(npy('<f4', '', float32Bytes([7])), 'a').dims, []);
    assert.deepEqual(readNpy(npy('<f4', '0, 5', new Uint8Array(0)), 'a').data, new Float32Array(0));
    const longs = new Uint8Array(new BigInt64Array([-1n, 2n ** 40n]).buffer);
    assert.deepEqual(readNpy(npy('<i8', '2,', longs), 'a').data, new BigInt64Array([-1n, 2n ** 40n]));
    assert.equal(readNpy(npy('|b1', '2,', new Uint8Array([1, 0])), 'a').dataType, 'bool');
    const letters = new Uint8Array(new Uint32Array([104, 105, 0, 228, 0, 0]).buffer);
    assert.deepEqual(readNpy(npy('<U3', '2,', letters), 'a').data, ['hi', 'ä']);
  });

  it('is refused in words when it is damaged, lies, or holds objects', async () => {
    const good = npy('<f4', '2, 3', float32Bytes([1, 2, 3, 4, 5, 6]));
    for (let length = 0; length < good.length; length += 7)
      assert.equal(await code(() => readNpy(good.subarray(0, length), 'a')), 'measure.npy.malformed', `${length}`);
    const lies = npy('<f4', '99999999999, 99999999999', new Uint8Array(8));
    assert.equal(await code(() => readNpy(lies, 'a')), 'measure.npy.malformed');
    assert.equal(await code(() => readNpy(npy('<U0', '99999999', new Uint8Array(0)), 'a')), 'measure.npy.malformed');
    assert.equal(await code(() => readNpy(npy('|O', '1,', new Uint8Array(8)), 'a')), 'measure.npy.elementType');
  });
});

describe('input files', () => {
  let folder = '';
  const model = modelOf([
    ['x', 'float32', ['batch', 3]],
    ['ids', 'int64', ['batch']],
  ]);
  const file = (name: string): string => path.join(folder, name);

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'inputs-'));
    await writeFile(file('x.npy'), npy('<f4', '2, 3', float32Bytes([1, 2, 3, 4, 5, 6])));
    await writeFile(file('double.npy'), npy('<f8', '2, 3', new Uint8Array(new Float64Array(6).fill(0.5).buffer)));
    await writeFile(file('ids.npy'), npy('<i4', '2,', new Uint8Array(new Int32Array([5, -6]).buffer)));
    await writeFile(
      file('all.npz'),
      zipSync({
        'ids.npy': npy('<i8', '2,', new Uint8Array(new BigInt64Array([1n, 2n]).buffer)),
        'x.npy': npy('<f4', '2, 3', float32Bytes([6, 5, 4, 3, 2, 1])),
      }),
    );
    await mkdir(file('model/test_data_set_0'), { recursive: true });
    // TensorProto: dims 2, 3 · float32 · name "x" · raw_data.
    const raw = float32Bytes([9, 8, 7, 6, 5, 4]);
    const tensor = [0x08, 2, 0x08, 3, 0x10, 1, 0x42, 1, 0x78, 0x4a, raw.length, ...raw];
    await writeFile(file('model/test_data_set_0/input_0.pb'), new Uint8Array(tensor));
    // int64_data, packed: 3, 4; no name.
    const ids = [0x08, 2, 0x10, 7, 0x3a, 2, 3, 4];
    await writeFile(file('model/test_data_set_0/input_1.pb'), new Uint8Array(ids));
    await writeFile(file('model/test_data_set_0/output_0.pb'), new Uint8Array(tensor));
    await mkdir(file('empty'));
    await writeFile(file('broken.pb'), new Uint8Array([0x08, 2, 0x4a, 200]));
    await writeFile(file('odd.bin'), 'no array');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const prepare = (requests: { name: string | null; path: string }[]): Promise<PreparedInputs> =>
    prepareInputs(
      model,
      bound({ batch: 2 }),
      requests.map(({ name, path: part }) => ({ name, path: file(part) })),
      0,
    );

  it('feed the input that they are given for; the rest is synthetic', async () => {
    const prepared = await prepare([{ name: 'x', path: 'x.npy' }]);
    assert.deepEqual(numbersOf(prepared.feeds['x']), [1, 2, 3, 4, 5, 6]);
    assert.equal(sourceOf(prepared, 'x'), 'file:x.npy');
    assert.equal(sourceOf(prepared, 'ids'), 'synthetic:tokenIds');
  });

  it('are converted within floats and within integers, and no further', async () => {
    const prepared = await prepare([
      { name: 'x', path: 'double.npy' },
      { name: 'ids', path: 'ids.npy' },
    ]);
    assert.deepEqual(prepared.feeds['x']?.data, new Float32Array(6).fill(0.5));
    assert.deepEqual(prepared.feeds['ids']?.data, new BigInt64Array([5n, -6n]));
    const swapped = prepare([{ name: 'ids', path: 'x.npy' }]);
    assert.equal(await code(() => swapped), 'measure.input.shapeMismatch');
    const floats = modelOf([['x', 'int64', [2, 3]]]);
    const request = [{ name: 'x', path: file('x.npy') }];
    assert.equal(await code(() => prepareInputs(floats, [], request, 0)), 'measure.input.typeMismatch');
    const unsigned = modelOf([['ids', 'uint8', [2]]]);
    const negative = [{ name: 'ids', path: file('ids.npy') }];
    assert.equal(await code(() => prepareInputs(unsigned, [], negative, 0)), 'measure.input.typeMismatch');
  });

  it('match by the names in an archive', async () => {
    const prepared = await prepare([{ name: null, path: 'all.npz' }]);
    assert.deepEqual(numbersOf(prepared.feeds['x']), [6, 5, 4, 3, 2, 1]);
    assert.deepEqual(numbersOf(prepared.feeds['ids']), [1, 2]);
    assert.equal(sourceOf(prepared, 'x'), 'file:all.npz:x');
  });

  it('match by order in a test data set, whose outputs are handed on', async () => {
    const ordered = modelOf([
      ['first', 'float32', [2, 3]],
      ['second', 'int64', [2]],
    ]);
    for (const set of ['model', 'model/test_data_set_0']) {
      const prepared = await prepareInputs(ordered, [], [{ name: null, path: file(set) }], 0);
      assert.deepEqual(numbersOf(prepared.feeds['first']), [9, 8, 7, 6, 5, 4]);
      assert.deepEqual(numbersOf(prepared.feeds['second']), [3, 4]);
      assert.equal(prepared.folder, 'test_data_set_0');
      assert.deepEqual(numbersOf(prepared.expected[0]?.value), [9, 8, 7, 6, 5, 4]);
      assert.equal(sourceOf(prepared, 'first'), 'file:test_data_set_0/input_0.pb');
    }
  });

  it('hold texts, none too', async () => {
    const words = modelOf([['words', 'string', ['rows', 2]]]);
    // TensorProto: dims · string · string_data.
    const texts = [0x32, 2, 0x68, 0x69, 0x32, 1, 0x21];
    for (const [rows, data] of [
      [1, texts],
      [0, []],
    ] as const) {
      await writeFile(file('words.pb'), new Uint8Array([0x08, rows, 0x08, 2, 0x10, 8, ...data]));
      const { feeds } = await prepareInputs(words, bound({ rows }), [{ name: 'words', path: file('words.pb') }], 0);
      assert.deepEqual(feeds['words'], { dataType: 'string', dims: [rows, 2], data: rows === 0 ? [] : ['hi', '!'] });
    }
  });

  it('fix the dimensions that they have', async () => {
    const requests = [{ name: 'x', path: file('x.npy') }];
    assert.deepEqual(await dimensionsFromInputs(model, requests), [{ name: 'batch', values: [2], source: 'user' }]);
  });

  it('are refused in words', async () => {
    assert.equal(await code(() => prepare([{ name: 'y', path: 'x.npy' }])), 'measure.input.unknownName');
    assert.equal(await code(() => prepare([{ name: 'x', path: 'none.npy' }])), 'measure.input.fileUnreadable');
    assert.equal(await code(() => prepare([{ name: null, path: 'none' }])), 'measure.input.fileUnreadable');
    assert.equal(await code(() => prepare([{ name: 'x', path: 'odd.bin' }])), 'measure.input.fileKind');
    assert.equal(await code(() => prepare([{ name: null, path: 'empty' }])), 'measure.input.folderKind');
    assert.equal(await code(() => prepare([{ name: 'x', path: 'empty' }])), 'measure.input.folderOfOne');
    assert.equal(await code(() => readArrays(file('broken.pb'))), 'measure.tensorFile.malformed');
    await writeFile(file('broken.npz'), new Uint8Array([80, 75, 3, 4, 0, 0]));
    assert.equal(await code(() => readArrays(file('broken.npz'))), 'measure.npz.malformed');
    await writeFile(file('directory.npz'), new Uint8Array(0));
    assert.equal(await code(() => readArrays(file('directory.npz'))), 'measure.npz.malformed');
    assert.equal(
      await code(() => readArrays(folder + '/model/test_data_set_0/none.npz')),
      'measure.input.fileUnreadable',
    );
  });
});
