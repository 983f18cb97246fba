/** How images become a model's input: what the user says, then `preprocessor_config.json`, then what most models take. */

import type { ImagePreprocessing } from '../../../protocol/settings.js';
import { isObject, type JsonObject, own, readJsonBeside } from './besideModel.js';
import { RESAMPLE_FILTERS, type ResampleFilter } from './resample.js';

type Channels = readonly [number, number, number];

export interface ImageRecipe {
  /**
   * stretch: to the input's height and width. cover: by the shorter edge, then the middle. contain: by the longer edge,
   * the rest is padded with zeros at the right and the bottom.
   */
  fit: 'stretch' | 'cover' | 'contain';
  /** cover: the shorter edge, as a multiple of the shorter edge of what is taken from the middle. */
  zoom: number;
  /** cover: the shorter edge, whatever is taken from the middle; null: by `zoom`. */
  shortestEdge: number | null;
  /** Height and width before the middle is taken; null: the input's. */
  stretchTo: readonly [height: number, width: number] | null;
  filter: ResampleFilter;
  order: 'RGB' | 'BGR';
  /** `(pixel - mean) * scale`, by channel of the tensor. null: pixels as they are in integers, from 0 to 1 in floats. */
  values: { mean: Channels; scale: Channels } | null;
  layout: 'NCHW' | 'NHWC' | null;
  /** What the model's open height and width should be; null: nothing is said. */
  size: readonly [height: number, width: number] | null;
  /** Neither the user nor a file says how pixels become values. */
  assumed: boolean;
}

const FILE_NAME = 'preprocessor_config.json';
const LARGEST_CONFIG_BYTES = 2 ** 20;
const LARGEST_EDGE = 32_768;
const BYTE_TO_UNIT = 1 / 255;

export const ASSUMED_RECIPE: ImageRecipe = {
  fit: 'stretch',
  zoom: 1,
  shortestEdge: null,
  stretchTo: null,
  filter: 'bilinear',
  order: 'RGB',
  values: null,
  layout: null,
  size: null,
  assumed: true,
};

const edgeFrom = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= LARGEST_EDGE ? value : null;

/** Three finite numbers; one number stands for all channels. */
function channelsFrom(value: unknown): Channels | null {
  const list: unknown[] = Array.isArray(value) && value.length === 3 ? value : [value, value, value];
  return list.every((each) => typeof each === 'number' && Number.isFinite(each)) ? (list as unknown as Channels) : null;
}

interface ConfigSize {
  exact: readonly [number, number] | null;
  shortest: number | null;
  longest: number | null;
}

/** `224`, `[224, 224]`, `{height, width}`, `{shortest_edge}`, `{longest_edge}`. A bare number is the shorter edge. */
function sizeFrom(value: unknown): ConfigSize {
  const none = { exact: null, shortest: null, longest: null };
  const edge = edgeFrom(value);
  if (edge !== null) return { ...none, shortest: edge };
  const object = Array.isArray(value) ? { height: value[0] as unknown, width: value[1] as unknown } : value;
  if (!isObject(object)) return none;
  const [height, width] = [edgeFrom(own(object, 'height')), edgeFrom(own(object, 'width'))];
  if (height !== null && width !== null) return { ...none, exact: [height, width] };
  return { ...none, shortest: edgeFrom(own(object, 'shortest_edge')), longest: edgeFrom(own(object, 'longest_edge')) };
}

type Geometry = Pick<ImageRecipe, 'fit' | 'zoom' | 'stretchTo' | 'size'>;

const STRETCHED: Geometry = { fit: 'stretch', zoom: 1, stretchTo: null, size: null };

/** What is taken from the middle; null: nothing is cut off. */
function cropOf(config: JsonObject): readonly [number, number] | null {
  const cropping = own(config, 'do_center_crop') ?? own(config, 'crop_size') !== undefined;
  if (cropping !== true) return null;
  const { exact, shortest } = sizeFrom(own(config, 'crop_size') ?? own(config, 'size'));
  return exact ?? (shortest === null ? null : [shortest, shortest]);
}

function geometry(config: JsonObject): Geometry {
  const { exact, shortest, longest } = sizeFrom(own(config, 'do_resize') === false ? undefined : own(config, 'size'));
  const crop = cropOf(config);
  if (exact) return { ...STRETCHED, stretchTo: crop ? exact : null, size: crop ?? exact };
  if (shortest !== null && crop) return { ...STRETCHED, fit: 'cover', zoom: shortest / Math.min(...crop), size: crop };
  if (shortest !== null && longest === null) return squareOf(shortest, own(config, 'crop_pct'));
  if (shortest !== null || longest !== null) return { ...STRETCHED, fit: 'contain' };
  return crop ? { ...STRETCHED, fit: 'cover', size: crop } : STRETCHED;
}

/** Processors that neither crop nor name a second edge make squares; ConvNeXt's enlarge small ones by a share before. */
function squareOf(edge: number, share: unknown): Geometry {
  const enlarged = typeof share === 'number' && share > 0.1 && share <= 1 && edge < 384;
  return { ...STRETCHED, ...(enlarged ? { fit: 'cover' as const, zoom: 1 / share } : {}), size: [edge, edge] };
}

/** `(pixel * factor - mean) / std` as one subtraction and one multiplication. */
function valuesFrom(config: JsonObject): { mean: Channels; scale: Channels } {
  const given = own(config, 'rescale_factor');
  const rescaled = own(config, 'do_rescale') !== false;
  const factor = !rescaled ? 1 : typeof given === 'number' && given > 0 ? given : BYTE_TO_UNIT;
  const mean = channelsFrom(own(config, 'image_mean'));
  const std = channelsFrom(own(config, 'image_std'));
  const normalized = own(config, 'do_normalize') !== false && mean && std && std.every((each) => each > 0);
  if (!normalized) return { mean: [0, 0, 0], scale: [factor, factor, factor] };
  return {
    mean: [mean[0] / factor, mean[1] / factor, mean[2] / factor],
    scale: [factor / std[0], factor / std[1], factor / std[2]],
  };
}

/** What a `preprocessor_config.json` says, as processors of images write it. */
export function recipeFromConfig(config: JsonObject): ImageRecipe {
  const resample = own(config, 'resample');
  const filter = typeof resample === 'number' ? RESAMPLE_FILTERS[resample] : undefined;
  const swapped = own(config, 'do_flip_channel_order') === true;
  return {
    ...ASSUMED_RECIPE,
    ...geometry(config),
    filter: filter ?? 'bilinear',
    order: swapped ? 'BGR' : 'RGB',
    values: valuesFrom(config),
    assumed: false,
  };
}

/** What the user says goes over what files say, key by key. */
export function withSettings(recipe: ImageRecipe, settings: ImagePreprocessing): ImageRecipe {
  const { size, order, mean, scale, layout } = settings;
  const merged: ImageRecipe = { ...recipe, order: order ?? recipe.order, layout: layout ?? recipe.layout };
  if (Array.isArray(size)) Object.assign(merged, { fit: 'stretch', stretchTo: size, size });
  else if (size !== undefined)
    Object.assign(merged, { fit: 'cover', shortestEdge: size, stretchTo: null, size: [size, size] });
  if (mean !== undefined || scale !== undefined) {
    const before = recipe.values ?? { mean: [0, 0, 0] as Channels, scale: channelsFrom(BYTE_TO_UNIT) as Channels };
    merged.values = { mean: channelsFrom(mean) ?? before.mean, scale: channelsFrom(scale) ?? before.scale };
    merged.assumed = false;
  }
  return merged;
}

/** ExpectedError when the file beside the model cannot be read. */
export async function imageRecipe(modelPath: string, settings: ImagePreprocessing | undefined): Promise<ImageRecipe> {
  const beside = await readJsonBeside(modelPath, FILE_NAME, LARGEST_CONFIG_BYTES);
  const known = beside && describesImages(beside.content) ? recipeFromConfig(beside.content) : ASSUMED_RECIPE;
  return settings ? withSettings(known, settings) : known;
}

/** Audio models have a file of that name too. */
function describesImages(config: JsonObject): boolean {
  return ['image_mean', 'do_resize', 'do_rescale', 'rescale_factor', 'crop_size', 'resample'].some(
    (key) => own(config, key) !== undefined,
  );
}
