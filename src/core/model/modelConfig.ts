/**
 * What `config.json` and `preprocessor_config.json` beside a model say about its dimensions. Both are other people's
 * files: what is missing, too large or of another type is passed over.
 */

import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const MAXIMUM_BYTES = 1 << 20;
const LARGEST_DIMENSION = 2 ** 31 - 1;

type JsonObject = Readonly<Record<string, unknown>>;

export interface ImageSize {
  height: number;
  width: number;
}

export interface ModelConfig {
  /** The first of these keys that holds a whole number above zero, also in the nested configs of composed models. */
  number(...keys: string[]): number | null;
  readonly imageSize: ImageSize | null;
  readonly modelType: string;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function asDimension(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= LARGEST_DIMENSION
    ? value
    : null;
}

function readJson(file: string): JsonObject {
  try {
    const stat = statSync(file);
    if (!stat.isFile() || stat.size > MAXIMUM_BYTES) return {};
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function sizeFrom(value: unknown): ImageSize | null {
  const edge = asDimension(value);
  if (edge !== null) return { height: edge, width: edge };
  if (Array.isArray(value) && value.length === 2) {
    const [height, width] = [asDimension(value[0]), asDimension(value[1])];
    return height !== null && width !== null ? { height, width } : null;
  }
  if (!isObject(value)) return null;
  const shortest = asDimension(value['shortest_edge']);
  const height = asDimension(value['height']) ?? shortest;
  const width = asDimension(value['width']) ?? shortest;
  return height !== null && width !== null ? { height, width } : null;
}

function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Composed models (CLIP, encoder and decoder) keep the figures of their parts one level down. */
const PARTS = ['text_config', 'vision_config', 'decoder', 'encoder', 'audio_config'];

/** From the model's folder, or from the one above where the model lies in a folder `onnx`. Never throws. */
export function readModelConfig(modelPath: string): ModelConfig {
  const folder = path.dirname(path.resolve(modelPath));
  const folders = path.basename(folder).toLowerCase() === 'onnx' ? [folder, path.dirname(folder)] : [folder];
  const read = (name: string): JsonObject =>
    modelPath === ''
      ? {}
      : (folders.map((each) => readJson(path.join(each, name))).find((found) => Object.keys(found).length > 0) ?? {});
  const config = read('config.json');
  const preprocessor = read('preprocessor_config.json');
  const objects = [config, ...PARTS.map((part) => own(config, part)).filter(isObject)];
  const cropped = own(preprocessor, 'do_center_crop') !== false ? sizeFrom(own(preprocessor, 'crop_size')) : null;
  const modelType = own(config, 'model_type');
  return {
    number: (...keys) => {
      for (const key of keys) {
        for (const object of objects) {
          const value = asDimension(own(object, key));
          if (value !== null) return value;
        }
      }
      return null;
    },
    imageSize:
      cropped ??
      sizeFrom(own(preprocessor, 'size')) ??
      objects.map((object) => sizeFrom(own(object, 'image_size'))).find((size) => size !== null) ??
      null,
    modelType: typeof modelType === 'string' ? modelType : '',
  };
}
