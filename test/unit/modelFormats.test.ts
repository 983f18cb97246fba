import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { strToU8, zipSync } from 'fflate';
import { detectFormat } from '../../src/core/model/formats/detect.js';
import { findModelFiles, scanFile, scanFolder } from '../../src/core/model/scan.js';
import { createText } from '../../src/format/text/text.js';
import type { FileFormat, ScannedModel } from '../../src/protocol/scan.js';
import type { Message } from '../../src/protocol/text.js';
import { fixture, realModels } from '../models/index.js';

const folder = mkdtempSync(path.join(tmpdir(), 'model-formats-'));
after(() => {
  rmSync(folder, { recursive: true });
});
const text = createText();
const render = (message: Message): string => text.message(message);

function save(name: string, content: Uint8Array | string): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

function bytes(...parts: (string | number[])[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  );
}

const zip = (...names: string[]): Uint8Array =>
  zipSync(Object.fromEntries(names.map((name) => [name, strToU8('content')])));

/** Name and content of a file of each format; the name is never what tells it. */
const samples: [FileFormat, string, Uint8Array | string][] = [
  ['tflite', 'a.bin1', bytes([28, 0, 0, 0], 'TFL3', new Array<number>(40).fill(0))],
  [
    'safetensors',
    'b',
    bytes([58, 0, 0, 0, 0, 0, 0, 0], '{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}    ', [0, 0, 0, 0]),
  ],
  ['gguf', 'c', bytes('GGUF', [3, 0, 0, 0], new Array<number>(20).fill(1))],
  ['pytorch', 'd.pt', zip('archive/data.pkl', 'archive/version', 'archive/data/0')],
  ['pytorch', 'e.pth', bytes([0x80, 2], '\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.')],
  ['torchscript', 'f.pt', zip('m/code/__torch__.py', 'm/constants.pkl', 'm/data.pkl')],
  ['keras', 'g.keras', zip('metadata.json', 'config.json', 'model.weights.h5')],
  ['hdf5', 'h.h5', bytes('\x89HDF\r\n\x1a\n', new Array<number>(40).fill(0))],
  ['hdf5', 'i.h5', bytes(new Array<number>(512).fill(0), '\x89HDF\r\n\x1a\n')],
  // GraphDef { node { name: "input" op: "Placeholder" } versions { producer: 27 } }
  ['tensorflowGraph', 'j.pb', bytes([0x0a, 20, 0x0a, 5], 'input', [0x12, 11], 'Placeholder', [0x22, 2, 0x08, 27])],
  // SavedModel { saved_model_schema_version: 1 meta_graphs { … } }
  ['tensorflowSavedModel', 'saved_model.pb', bytes([0x08, 1, 0x12, 4, 0x0a, 2, 0x08, 1])],
  // Model { specificationVersion: 5 description { } neuralNetwork (500) { } }
  ['coreml', 'k.mlmodel', bytes([0x08, 5, 0x12, 2, 0x0a, 0, 0xa2, 0x1f, 2, 0x0a, 0])],
  ['tensorrt', 'l.engine', bytes('ftrt', [0, 0, 0, 0, 232, 0, 0, 0])],
  ['openvino', 'm.xml', '<?xml version="1.0"?>\n<net name="model" version="11">\n<layers/></net>'],
  ['openvino', 'm.bin', bytes([1, 2, 3, 4])],
  ['gitLfsPointer', 'n.onnx', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n'],
  ['unknown', 'o.onnx', 'Dear reader, this is a letter and not a model.'],
  ['unknown', 'p.onnx', bytes([0xfe, 0xdc, 0x00, 0x01, 0x02])],
  ['unknown', 'q.onnx', ''],
];

describe('detectFormat', () => {
  for (const [format, name, content] of samples) {
    it(`knows ${format} (${name}) by its content and says the way on`, () => {
      // OpenVINO's weights are known by what lies beside them, and only by that.
      if (name === 'm.bin') save('m.xml', '<net name="x"></net>');
      const detected = detectFormat(save(name, content));
      assert.equal(detected.format, format);
      assert.ok(detected.message !== null);
      const sentence = render(detected.message);
      assert.ok(sentence.includes(name), sentence);
      assert.doesNotMatch(sentence, /\{|^model\./);
    });
  }

  it('knows ONNX under any name', () => {
    for (const file of [...Object.values(realModels), fixture('hostile'), fixture('chain20000')])
      assert.deepEqual([detectFormat(file).format, detectFormat(file).message], ['onnx', null]);
    const renamed = path.join(folder, 'really.tflite');
    copyFileSync(fixture('cnn'), renamed);
    assert.equal(detectFormat(renamed).format, 'onnx');
  });
});

describe('scanFile', () => {
  it('sums up a model', () => {
    const file = fixture('cnn');
    assert.deepEqual(
      { ...scanFile(file, render), fileBytes: 0 },
      {
        ...{ path: file, format: 'onnx', fileBytes: 0, nodeCount: 15, parameterCount: 5306 },
        ...{ licence: null, profilable: true, reason: null, message: null },
      },
    );
  });

  it('says why a file cannot be profiled', () => {
    const scanned = scanFile(save('x.gguf', bytes('GGUF', [3, 0, 0, 0])), render);
    assert.deepEqual([scanned.format, scanned.profilable, scanned.message?.code], ['gguf', false, 'model.format.gguf']);
    assert.match(scanned.reason ?? '', /llama\.cpp/);
    assert.equal(scanFile(path.join(folder, 'gone.onnx'), render).message?.code, 'model.error.missing');
  });
});

describe('scanFolder', () => {
  const root = path.join(folder, 'tree');
  const put = (name: string): void => {
    mkdirSync(path.join(root, path.dirname(name)), { recursive: true });
    copyFileSync(fixture('scalars'), path.join(root, name));
  };
  const scan = async (exclude: string[] = []): Promise<string[]> => {
    const found: ScannedModel[] = [];
    for await (const model of scanFolder(root, { render, exclude })) found.push(model);
    return found.map((model) => path.relative(root, model.path).split(path.sep).join('/'));
  };

  it('finds models, git-ignored ones too, and leaves other people’s folders alone', async () => {
    const places = ['a.onnx', 'node_modules/p/b.onnx', '.venv/c.onnx', '.git/d.onnx', 'lib/site-packages/e.onnx'];
    for (const name of [...places, 'ignored/f.ONNX', 'generated/g.onnx', '.hidden/h.onnx']) put(name);
    save('tree/.gitignore', 'ignored/\n*.onnx\n');
    save('tree/notes.xml', '<notes/>');
    save('tree/data.pb', 'no model');
    save('tree/broken.onnx', 'no model');
    symlinkSync(root, path.join(root, 'cycle'));
    symlinkSync(path.join(root, 'a.onnx'), path.join(root, 'link.onnx'));
    symlinkSync(path.join(root, 'nowhere'), path.join(root, 'dangling.onnx'));
    assert.deepEqual(await scan(), [
      ...['a.onnx', 'broken.onnx', 'link.onnx', '.hidden/h.onnx', 'generated/g.onnx', 'ignored/f.ONNX'],
    ]);
    assert.deepEqual(await scan(['**/generated', '.hidden/**', 'l*.onnx', '**/*.ONNX']), ['a.onnx', 'broken.onnx']);
  });

  it('passes over files whose name is not a model’s', async () => {
    const many = path.join(folder, 'many');
    mkdirSync(many);
    for (let index = 0; index < 500; index++) writeFileSync(path.join(many, `file${index}.txt`), '');
    copyFileSync(fixture('scalars'), path.join(many, 'm.onnx'));
    const found: string[] = [];
    for await (const file of findModelFiles(many, {})) found.push(path.basename(file));
    assert.deepEqual(found, ['m.onnx']);
  });

  it('stops when told to, and names a folder that is not there', async () => {
    const controller = new AbortController();
    const files = findModelFiles(root, { signal: controller.signal });
    await files.next();
    controller.abort();
    await assert.rejects(async () => {
      for await (const file of files) assert.ok(file);
    }, /abort/i);
    const missing = findModelFiles(path.join(folder, 'absent'), {});
    await assert.rejects(missing.next(), /model\.error\.folder/);
  });
});
