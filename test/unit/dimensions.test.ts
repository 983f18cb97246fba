import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import type { ExpectedError } from '../../src/core/common/errors.js';
import { bindingsOf, resolveDimensions } from '../../src/core/model/dimensions.js';
import type { DimensionRef, ModelGraph, Node, TensorRef, ValueInfo } from '../../src/core/model/graph.js';
import type { DimensionRequest } from '../../src/protocol/worker.js';
import { modelAround } from '../models/modelAround.js';

const FLOAT = 1;
const INT64 = 7;
const folder = mkdtempSync(path.join(tmpdir(), 'dimensions-'));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

const value = (name: string, shape: DimensionRef[], dataType = FLOAT): ValueInfo => ({
  name,
  type: { kind: 'tensor', dataType, shape },
});
const weight = (name: string, dims: number[]): TensorRef => ({
  name,
  dataType: FLOAT,
  dims,
  storage: { kind: 'none' },
});
const node = (opType: string, inputs: string[], output: string, attributes: Node['attributes'] = []): Node => ({
  name: output,
  opType,
  domain: '',
  inputs,
  outputs: [output],
  attributes,
});

interface Parts {
  inputs: ValueInfo[];
  outputs?: ValueInfo[];
  nodes?: Node[];
  initializers?: TensorRef[];
  path?: string;
}

function model({ inputs, outputs = [], nodes = [], initializers = [], path: file = '' }: Parts): ModelGraph {
  const graph = { name: 'g', nodes, initializers, inputs, outputs, valueInfos: [] };
  return { ...modelAround(graph), path: file, fileBytes: 1 };
}

/** Values by name of the only scenario. */
function resolve(parts: Parts, requests: DimensionRequest[] = []): Record<string, number> {
  const { scenarios } = resolveDimensions(model(parts), requests);
  assert.equal(scenarios.length, 1);
  return Object.fromEntries(bindingsOf(scenarios[0] ?? []));
}

const flag = (name: string, ...values: number[]): DimensionRequest => ({ name, values, source: 'flag' });

function refusal(parts: Parts, requests: DimensionRequest[]): ExpectedError['failureMessage'] {
  try {
    resolveDimensions(model(parts), requests);
  } catch (error) {
    assert.equal((error as ExpectedError).reason, 'input');
    return (error as ExpectedError).failureMessage;
  }
  throw new assert.AssertionError({ message: 'accepted' });
}

const text: Parts = {
  inputs: [
    value('input_ids', ['batch_size', 'sequence_length'], INT64),
    value('attention_mask', ['batch_size', 'sequence_length'], INT64),
  ],
};

const decoder: Parts = {
  inputs: [
    value('input_ids', ['batch_size', 'sequence_length'], INT64),
    value('attention_mask', ['batch_size', 'past_sequence_length + sequence_length'], INT64),
    value('past_key_values.0.key', ['batch_size', 4, 'past_sequence_length', 64]),
  ],
};

/** A folder with a model's configuration; the path of a model in its subfolder `onnx`. */
function beside(name: string, config: object, preprocessor: object = {}): string {
  const home = path.join(folder, name);
  mkdirSync(path.join(home, 'onnx'), { recursive: true });
  writeFileSync(path.join(home, 'config.json'), JSON.stringify(config));
  writeFileSync(path.join(home, 'preprocessor_config.json'), JSON.stringify(preprocessor));
  return path.join(home, 'onnx', 'model.onnx');
}

describe('assumed dimensions', () => {
  it('come from symbols', () => {
    assert.deepEqual(resolve(text), { batch_size: 1, sequence_length: 128 });
    assert.deepEqual(resolve({ inputs: [value('audio', ['B', 'num_samples'])] }), { B: 1, num_samples: 16000 });
  });

  it('come from the place in the input where symbols say nothing', () => {
    const image = [value('x', ['p2o.DynamicDimension.0', 3, 'p2o.DynamicDimension.1', null])];
    assert.deepEqual(resolve({ inputs: image, outputs: [value('y', [null, 1000])] }), {
      'p2o.DynamicDimension.0': 1,
      'p2o.DynamicDimension.1': 224,
      'x:3': 224,
    });
    const nhwc = [value('image', ['?', '?', '?', 3])];
    assert.deepEqual(resolve({ inputs: nhwc, outputs: [value('y', ['?', 10])] }), {
      'image:0': 1,
      'image:1': 224,
      'image:2': 224,
    });
  });

  it('show large images to what finds regions, lines to what reads them', () => {
    const inputs = [value('x', [1, 3, 'height', 'width'])];
    assert.deepEqual(resolve({ inputs, outputs: [value('map', [1, 1, 'a', 'b'])] }), { height: 640, width: 640 });
    assert.deepEqual(resolve({ inputs, outputs: [value('boxes', [1, 4])] }), { height: 640, width: 640 });
    assert.deepEqual(resolve({ inputs, outputs: [value('last_hidden_state', [1, 197, 768])] }), {
      height: 224,
      width: 224,
    });
    assert.deepEqual(resolve({ inputs: [value('x', [1, 3, 48, 'w'])], outputs: [value('y', [1, 40, 6625])] }), {
      w: 320,
    });
  });

  it('are 512 samples for a detector with a sampling rate, whatever the symbol', () => {
    const inputs = [value('input', ['batch', 'sequence']), value('sr', [], INT64), value('state', [2, 'batch', 128])];
    assert.deepEqual(resolve({ inputs }), { batch: 1, sequence: 512 });
  });

  it('follow the weights that they meet', () => {
    const parts: Parts = {
      inputs: [value('x', ['n', 'h', 'w', 'c']), value('v', ['n', 'd'])],
      nodes: [
        node('Transpose', ['x'], 'nchw', [{ name: 'perm', type: 'ints', value: [0, 3, 1, 2] }]),
        node('Conv', ['nchw', 'k'], 'y', [{ name: 'group', type: 'int', value: 2 }]),
        node('MatMul', ['v', 'm'], 'z'),
      ],
      initializers: [weight('k', [8, 5, 3, 3]), weight('m', [33, 7])],
    };
    const bound = resolveDimensions(model(parts), []).scenarios[0] ?? [];
    assert.equal(bindingsOf(bound).get('c'), 10);
    assert.equal(bindingsOf(bound).get('d'), 33);
    assert.equal(bound.find(({ name }) => name === 'c')?.source, 'expression');
  });

  it('leave out inputs that have a default', () => {
    assert.deepEqual(resolve({ inputs: [value('w', ['n', 'm'])], initializers: [weight('w', [2, 2])] }), {});
  });

  it('take a hyphen as part of a name', () => {
    assert.deepEqual(resolve({ inputs: [value('x', ['batch', 'seq-len'], INT64)] }), { batch: 1, 'seq-len': 128 });
  });
});

describe('the configuration beside a model', () => {
  it('bounds the sequence and gives the heads', () => {
    const file = beside('short', { max_position_embeddings: 77, num_attention_heads: 3, hidden_size: 48 });
    assert.deepEqual(resolve({ ...text, path: file }), { batch_size: 1, sequence_length: 77 });
    const past = [value('past_key', ['batch * num_heads', 'past_len', 'head_dim'])];
    const bound = resolve({ inputs: past, path: file });
    assert.equal(bound['batch * num_heads'], 3);
    assert.equal(bound.head_dim, 16);
  });

  it('gives the size of images', () => {
    const file = beside('vision', { image_size: 384 }, { size: { height: 336, width: 448 } });
    const { scenarios } = resolveDimensions(
      model({ inputs: [value('pixel_values', ['b', 3, 'height', 'width'])], path: file }),
      [],
    );
    assert.deepEqual(scenarios[0], [
      { name: 'b', value: 1, source: 'symbolName' },
      { name: 'height', value: 336, source: 'modelConfig' },
      { name: 'width', value: 448, source: 'modelConfig' },
    ]);
  });

  it('is passed over where it is nonsense', () => {
    const file = beside('broken', { max_position_embeddings: -5, image_size: 'large' });
    assert.deepEqual(resolve({ ...text, path: file }), { batch_size: 1, sequence_length: 128 });
  });
});

describe('decoders with a cache', () => {
  it('have two phases, and their expressions are solved', () => {
    const { scenarios, phases } = resolveDimensions(model(decoder), []);
    assert.deepEqual(phases, ['prefill', 'decode']);
    const [prefill, decode] = scenarios.map((each) => Object.fromEntries(bindingsOf(each)));
    const total = 'past_sequence_length + sequence_length';
    assert.deepEqual(prefill, { batch_size: 1, sequence_length: 128, [total]: 128, past_sequence_length: 0 });
    assert.deepEqual(decode, { batch_size: 1, sequence_length: 1, [total]: 129, past_sequence_length: 128 });
  });

  it('have the phase that was asked for', () => {
    const decode = resolveDimensions(model(decoder), [flag('past_sequence_length', 1000)]);
    assert.deepEqual(decode.phases, ['decode']);
    assert.equal(bindingsOf(decode.scenarios[0] ?? []).get('past_sequence_length + sequence_length'), 1001);
    const prefill = resolveDimensions(model(decoder), [flag('sequence_length', 16)]);
    assert.deepEqual(prefill.phases, ['prefill']);
    assert.equal(bindingsOf(prefill.scenarios[0] ?? []).get('past_sequence_length'), 0);
  });
});

describe('requested dimensions', () => {
  it('make a scenario of every combination, in the order of the inputs', () => {
    const requests = [flag('sequence_length', 16, 64), flag('batch_size', 1, 8)];
    const { scenarios } = resolveDimensions(model(text), requests);
    const pairs = scenarios.map((each) => each.map((dimension) => dimension.value));
    assert.deepEqual(pairs, [
      [1, 16],
      [1, 64],
      [8, 16],
      [8, 64],
    ]);
  });

  it('are named by axis too, and the most trusted one wins', () => {
    const requests: DimensionRequest[] = [
      { name: 'sequence_length', values: [32], source: 'lastUsed' },
      flag('attention_mask:1', 48),
      { name: 'batch_size', values: [4], source: 'workspaceFile' },
    ];
    assert.deepEqual(resolveDimensions(model(text), requests).scenarios, [
      [
        { name: 'batch_size', value: 4, source: 'workspaceFile' },
        { name: 'sequence_length', value: 48, source: 'flag' },
      ],
    ]);
  });

  it('set every nameless batch axis at once', () => {
    const inputs = [value('input', [null, null]), value('sr', [], INT64), value('state', [2, null, 128])];
    assert.deepEqual(resolve({ inputs }, [flag('input:0', 4)]), { 'input:0': 4, 'input:1': 512, 'state:1': 4 });
  });

  it('are refused by name, with the names that there are', () => {
    assert.deepEqual(refusal(text, [flag('height', 5)]), {
      code: 'report.dimension.unknown',
      params: { name: 'height', names: 'batch_size, sequence_length' },
    });
    assert.equal(refusal({ inputs: [value('x', [1, 3])] }, [flag('n', 5)]).code, 'report.dimension.none');
    assert.equal(refusal({ inputs: [value('x', ['n', 3])] }, [flag('x:1', 5)]).code, 'report.dimension.fixed');
    assert.deepEqual(resolve({ inputs: [value('x', ['n', 3])] }, [flag('x:1', 3)]), { n: 1 });
  });

  it('are bounded', () => {
    for (const wrong of [0, -1, 1.5, 2 ** 31, NaN])
      assert.equal(refusal(text, [flag('batch_size', wrong)]).code, 'report.dimension.value', String(wrong));
    const many = Array.from({ length: 65 }, (_, index) => index + 1);
    assert.equal(refusal(text, [flag('batch_size', ...many)]).code, 'report.dimension.tooMany');
  });

  it('may be remembered or shared for dimensions that this model has not', () => {
    const requests: DimensionRequest[] = [
      { name: 'height', values: [5], source: 'lastUsed' },
      { name: 'width', values: [5], source: 'workspaceFile' },
    ];
    assert.deepEqual(resolve(text, requests), { batch_size: 1, sequence_length: 128 });
  });
});
