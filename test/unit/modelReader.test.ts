import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { FileConstants } from '../../src/core/model/constants.js';
import { externalDataProblem, externalFiles, weightsFolder } from '../../src/core/model/externalData.js';
import { FileSource } from '../../src/core/model/fileSource.js';
import type { ModelGraph, TensorRef } from '../../src/core/model/graph.js';
import { readOnnx } from '../../src/core/model/onnx/readOnnx.js';
import { ProtobufReader } from '../../src/core/model/onnx/protobufReader.js';
import { readModel } from '../../src/core/model/read.js';
import { walkNodes } from '../../src/core/model/walk.js';
import { writeModel } from '../../src/core/model/write.js';
import type { TextCode } from '../../src/format/text/catalogue.js';
import { GraphBuilder } from '../models/builder.js';
import { fixture, generate, realModels } from '../models/index.js';

const folder = mkdtempSync(path.join(tmpdir(), 'model-reader-'));
after(() => {
  rmSync(folder, { recursive: true });
});

function save(name: string, bytes: Uint8Array | string): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return file;
}

function fails(read: () => unknown, code: TextCode, params: Record<string, unknown> = {}): void {
  assert.throws(read, (error: unknown) => {
    const { failureMessage, reason } = error as { failureMessage?: { code: string; params: object }; reason?: string };
    assert.equal(failureMessage?.code, code, String(error));
    assert.equal(reason, 'input');
    for (const [key, value] of Object.entries(params))
      assert.equal((failureMessage.params as Record<string, unknown>)[key], value);
    return true;
  });
}

/** A model whose first weight is stated to lie at `location`. */
function withExternal(location: string, length = 16): ModelGraph {
  const b = new GraphBuilder();
  const weight: TensorRef = {
    ...{ name: 'w', dataType: 1, dims: [length / 4] },
    storage: { kind: 'raw', range: { file: location, offset: 0, length } },
  };
  b.initializers.push(weight);
  b.add('Add', [b.input('x', [length / 4]), 'w'], { outputs: ['y'] });
  b.output('y', [length / 4]);
  return b.model();
}

/** ONNX bytes of `withExternal` without anything at the location: written where it exists, then moved. */
function externalModelBytes(location: string): Uint8Array {
  const placeholder = 'p'.repeat(Buffer.byteLength(location));
  const stage = path.join(folder, 'stage');
  mkdirSync(stage, { recursive: true });
  writeFileSync(path.join(stage, placeholder), new Uint8Array(2048));
  const model = { ...withExternal(placeholder, 2048), path: path.join(stage, 'm.onnx') };
  const bytes = Buffer.from(writeModel(model, { weights: 'reference' }));
  bytes.write(location, bytes.indexOf(placeholder), 'utf8');
  return bytes;
}

describe('readModel', () => {
  it('reads the structure of real models', () => {
    const det = readModel(realModels.det);
    assert.equal(det.graph.nodes.length, 672);
    assert.deepEqual(det.opsets, [{ domain: '', version: 11 }]);
    assert.equal(det.irVersion, 8);
    assert.deepEqual(det.graph.inputs[0]?.type, {
      ...{ kind: 'tensor', dataType: 1 },
      shape: ['p2o.DynamicDimension.0', 3, 'p2o.DynamicDimension.1', 'p2o.DynamicDimension.2'],
    });
    const silero = readModel(realModels.sileroV5);
    assert.equal(silero.producerName, 'spox');
    assert.equal(silero.graph.nodes.length, 5);
    assert.equal([...walkNodes(silero)].length, 689);
  });

  it('gives nested nodes ids by position and attribute, parents before children', () => {
    const ids = [...walkNodes(readModel(fixture('branches')))].map(({ id, node }) => `${id} ${node.opType}`);
    assert.deepEqual(ids.slice(0, 6), [
      'n0 MatMul',
      'n1 Relu',
      'n2 If',
      'n2/then_branch/n0 ReduceSum',
      'n2/then_branch/n1 Greater',
      'n2/then_branch/n2 If',
    ]);
    assert.ok(ids.includes('n2/then_branch/n2/else_branch/n2 MatMul'));
    assert.equal(new Set(ids).size, ids.length);
  });

  it('keeps ids apart when an attribute is named like a path', () => {
    const b = new GraphBuilder();
    const inner = b.nested();
    inner.add('Relu', ['x'], { outputs: ['y'] });
    const attributes = { 'a/n0/b': { graph: inner.graph() }, 'a~1n0~1b': { graph: inner.graph() } };
    b.add('If', [b.input('x', [1])], { outputs: ['z'], attributes });
    const ids = [...walkNodes(b.model())].map(({ id }) => id);
    assert.deepEqual(ids, ['n0', 'n0/a~1n0~1b/n0', 'n0/a~01n0~01b/n0']);
  });

  it('does not read weights', () => {
    class CountingSource extends FileSource {
      bytesRead = 0;
      override readInto(target: Uint8Array, length: number, position: number): number {
        const count = super.readInto(target, length, position);
        this.bytesRead += count;
        return count;
      }
    }
    // One weight of 1 GiB inside the file, which is sparse: its length field is patched in.
    const b = new GraphBuilder();
    b.initializers.push({ name: 'w', dataType: 2, dims: [2 ** 30], storage: { kind: 'none' } });
    b.output(b.add('Identity', ['w']), [2 ** 30], 'uint8');
    const head = Buffer.from(writeModel(b.model(), { weights: 'inline' }));
    const file = path.join(folder, 'sparse.onnx');
    // The graph stands at the end, and in it a second piece: an initializer with raw_data of 1 GiB.
    const varint = (value: number): number[] => {
      const bytes = [];
      for (let rest = value; ; rest = Math.floor(rest / 128)) {
        if (rest < 128) return [...bytes, rest];
        bytes.push((rest % 128) | 128);
      }
    };
    const raw = [0x08, ...varint(2 ** 30), 0x10, 2, 0x42, 3, 0x62, 0x69, 0x67, 0x4a, ...varint(2 ** 30)];
    const tensor = [0x2a, ...varint(raw.length + 2 ** 30), ...raw];
    const graph = [0x3a, ...varint(tensor.length + 2 ** 30), ...tensor];
    writeFileSync(file, Buffer.concat([head, Buffer.from(graph)]));
    truncateSync(file, head.length + graph.length + 2 ** 30);
    const source = new CountingSource(file);
    const model = readOnnx(source);
    source.close();
    assert.deepEqual(
      model.graph.initializers.map(({ name }) => name),
      ['w', 'big'],
    );
    assert.deepEqual(model.graph.initializers[1]?.storage, {
      kind: 'raw',
      range: { file: null, offset: head.length + graph.length, length: 2 ** 30 },
    });
    assert.ok(source.bytesRead < 64 * 1024, `${source.bytesRead} bytes read`);
  });

  it('tells an attribute of old files by its value, where the type is missing', () => {
    const typeField = Buffer.from([0xa0, 0x01, 0x02]);
    const b = new GraphBuilder();
    b.add('Softmax', [b.input('x', [1, 2])], { outputs: ['y'], attributes: { axis: 1 } });
    b.output('y', [1, 2]);
    const bytes = Buffer.from(writeModel(b.model(), { weights: 'inline' }));
    const at = bytes.indexOf(typeField);
    // An unknown field of the same length in its place.
    bytes[at] = 0xa8;
    const [node] = readModel(save('untyped.onnx', bytes)).graph.nodes;
    assert.deepEqual(node?.attributes, [{ name: 'axis', type: 'int', value: 1 }]);
  });

  it('keeps a string attribute that is no text as its bytes', () => {
    const b = new GraphBuilder();
    b.add('Custom', [b.input('x', [1])], { outputs: ['y'], attributes: { blob: 'QQ' } });
    const bytes = Buffer.from(writeModel(b.model(), { weights: 'inline' }));
    bytes.set([0xff, 0xfe], bytes.indexOf('QQ'));
    const model = readModel(save('blob.onnx', bytes));
    assert.equal(model.graph.nodes[0]?.attributes[0]?.type, 'opaque');
    assert.ok(Buffer.from(writeModel(model, { weights: 'inline' })).includes(Buffer.from([0xff, 0xfe])));
  });
});

describe('integers', () => {
  it('reads few bytes as they lie in the file, wherever a block of it ends', () => {
    const bytes = new Uint8Array(40_000).map((_, index) => index % 251);
    const source = new FileSource(save('blocks', bytes));
    const ranges = [
      [16_380, 4],
      [16_382, 8],
      [0, 3],
      [32_768, 16],
      [39_999, 1],
      [5, 20_000],
      [7, 2],
    ] as const;
    for (const [position, length] of ranges)
      assert.deepEqual(source.readNear(position, length), bytes.slice(position, position + length));
    assert.throws(() => source.readNear(39_999, 2), { name: 'ExpectedError' });
    source.close();
  });

  it('reads 64-bit varints of every length, negative ones too', () => {
    const values = [0, 1, 127, 128, 2 ** 28 - 1, 2 ** 28, 2 ** 35, 2 ** 53 - 1, -1, -128, -(2 ** 40), -(2 ** 63)];
    const encoded = values.flatMap((value) => {
      const bytes: number[] = [];
      let rest = BigInt.asUintN(64, BigInt(value));
      for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
      return [...bytes, Number(rest)];
    });
    const source = new FileSource(save('varints', new Uint8Array(encoded)));
    const reader = new ProtobufReader(source);
    assert.deepEqual(
      values.map(() => reader.varint()),
      values,
    );
    reader.position = 0;
    assert.deepEqual(
      values.map(() => reader.varint64()),
      values.map(BigInt),
    );
    source.close();
  });
});

describe('a file that is no model', () => {
  it('is named: missing, folder, empty, text, Git LFS pointer', () => {
    fails(() => readModel(path.join(folder, 'absent.onnx')), 'model.error.missing');
    fails(() => readModel(folder), 'model.error.notAFile');
    fails(() => readModel(save('empty.onnx', '')), 'model.format.empty');
    fails(() => readModel(save('text.onnx', 'This is a text.\nNothing else.\n')), 'model.format.text');
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n';
    fails(() => readModel(save('pointer.onnx', pointer)), 'model.format.gitLfsPointer');
  });

  it('is refused at the byte that cannot stand there', () => {
    fails(() => readModel(save('zeros.onnx', new Uint8Array(1_000_000))), 'model.error.malformed', { offset: 0 });
    fails(() => readModel(save('group.onnx', new Uint8Array([8, 8, 0x0b, 0, 0, 0]))), 'model.error.malformed', {
      offset: 2,
    });
    const cnn = readFileSync(fixture('cnn'));
    fails(() => readModel(save('cut.onnx', cnn.subarray(0, 9000))), 'model.error.truncated', { bytes: 9000 });
    fails(() => readModel(save('noGraph.onnx', new Uint8Array([8, 8]))), 'model.error.noGraph');
  });

  it('is refused when graphs nest without end', () => {
    const nest = (depth: number): ModelGraph => {
      let graph = new GraphBuilder().graph();
      for (let level = 0; level < depth; level++) {
        const b = new GraphBuilder();
        b.add('If', ['c'], { attributes: { then_branch: { graph } } });
        graph = b.graph();
      }
      return { ...new GraphBuilder().model(), graph };
    };
    const bytes = (depth: number): Uint8Array => writeModel(nest(depth), { weights: 'inline' });
    assert.equal([...walkNodes(readModel(save('deep.onnx', bytes(60))))].length, 60);
    fails(() => readModel(save('deeper.onnx', bytes(70))), 'model.error.nesting', { maximum: 64 });
  });

  it('is refused when it claims millions of nodes', () => {
    const nodes = Buffer.alloc(2 * 2_100_000);
    for (let at = 0; at < nodes.length; at += 2) nodes[at] = 0x0a;
    const length = nodes.length;
    const varint = [(length & 127) | 128, ((length >> 7) & 127) | 128, ((length >> 14) & 127) | 128, length >> 21];
    const bytes = Buffer.concat([Buffer.from([8, 8, 0x3a, ...varint]), nodes]);
    fails(() => readModel(save('many.onnx', bytes)), 'model.error.tooManyEntries');
  });
});

describe('external data', () => {
  it('is found beside the model', () => {
    const model = readModel(fixture('externalData'));
    assert.equal(externalDataProblem(model), null);
    assert.deepEqual(
      externalFiles(model).map(({ location }) => location),
      ['weights.bin'],
    );
    const weight = model.graph.initializers.find(({ dims }) => dims.length === 4)!;
    const constants = new FileConstants(model);
    const inMemory = generate('cnn').graph.initializers.find(({ name }) => name === weight.name)!;
    const expected = inMemory.storage.kind === 'bytes' ? [...inMemory.storage.bytes] : [];
    assert.deepEqual([...(constants.readBytes(weight, 1e6) ?? [])], expected);
    constants.close();
  });

  it('may not leave the folder', () => {
    const outside = mkdtempSync(path.join(tmpdir(), 'outside-'));
    writeFileSync(path.join(outside, 'w.bin'), new Uint8Array(2048));
    try {
      for (const location of ['../w.bin', '/etc/passwd', 'a/../../w.bin', 'C:\\w.bin', '..\\w.bin']) {
        const model = readModel(save('escape/m.onnx', externalModelBytes(location)));
        fails(() => externalFiles(model), 'model.error.externalPath', { location });
      }
      symlinkSync(path.join(outside, 'w.bin'), path.join(folder, 'escape', 'link.bin'));
      const model = readModel(save('escape/m.onnx', externalModelBytes('link.bin')));
      fails(() => new FileConstants(model).readBytes(model.graph.initializers[0]!, 4096), 'model.error.externalPath');
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  it('that is missing, short or not fetched is named', () => {
    const model = readModel(save('problem/m.onnx', externalModelBytes('weights.bin')));
    const problem = (): string | undefined => externalDataProblem(model)?.failureMessage.code;
    assert.equal(problem(), 'model.error.externalMissing');
    save('problem/weights.bin', new Uint8Array(100));
    assert.equal(problem(), 'model.error.externalTruncated');
    save('problem/weights.bin', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n');
    assert.equal(problem(), 'model.error.externalLfs');
    save('problem/weights.bin', new Uint8Array(2048));
    assert.equal(problem(), undefined);
  });

  it('is found in a cache that links names to content', () => {
    save('cache/blobs/aaaa', externalModelBytes('model.onnx_data'));
    save('cache/blobs/bbbb', new Uint8Array(2048).fill(7));
    const snapshot = path.join(folder, 'cache', 'snapshots');
    mkdirSync(snapshot);
    symlinkSync('../blobs/aaaa', path.join(snapshot, 'model.onnx'));
    symlinkSync('../blobs/bbbb', path.join(snapshot, 'model.onnx_data'));
    const model = readModel(path.join(snapshot, 'model.onnx'));
    assert.equal(externalDataProblem(model), null);
    assert.equal(path.basename(weightsFolder(model)), 'blobs');
    assert.equal(new FileConstants(model).readBytes(model.graph.initializers[0]!, 4096)?.[0], 7);
    const bytes = Buffer.from(writeModel(model, { weights: 'reference' }));
    assert.ok(bytes.includes('bbbb') && !bytes.includes('onnx_data'));
  });
});
