/** Pixels into the elements of an input. */

import { ExpectedError } from '../../common/errors.js';
import { oneLine } from '../../common/oneLine.js';
import { elementCount } from '../../model/dataTypes.js';
import type { TensorValue } from '../port.js';
import { tensorFrom } from './elements.js';
import type { RgbImage } from './image.js';
import type { ImageRecipe } from './preprocessing.js';
import { centerCrop, resizeImage } from './resample.js';
import type { ModelInput } from './types.js';

/** How an input of rank 3 or 4 holds images. */
export interface ImageLayout {
  batch: number;
  channels: 1 | 3;
  height: number;
  width: number;
  channelsLast: boolean;
}

const CHANNELS: readonly number[] = [1, 3];
const isFloat = (dataType: string): boolean => /^b?float/.test(dataType);
/** Of red, green and blue in grey, as ITU-R 601 and Pillow have it. */
const LUMINANCE = [0.299, 0.587, 0.114] as const;

/** By the axis that has 1 or 3 channels. ExpectedError where none has. */
export function imageLayout(input: ModelInput, wanted: ImageRecipe['layout']): ImageLayout {
  const { shape } = input;
  const [batch, ...dims] = shape.length === 4 ? shape : [1, ...shape];
  const [first = 0, second = 0, third = 0] = dims;
  const back = CHANNELS.includes(third) && wanted !== 'NCHW';
  // Where both could be, three colours rather than an edge of 3 pixels.
  const front = CHANNELS.includes(first) && wanted !== 'NHWC' && !(wanted === null && back && third > first);
  if (dims.length !== 3 || (!front && !back))
    throw new ExpectedError('input', 'measure.image.layout', {
      name: oneLine(input.name, 80),
      shape: shape.join(' × '),
    });
  const channels = (front ? first : third) as 1 | 3;
  const [height, width] = front ? [second, third] : [first, second];
  return { batch: batch ?? 1, channels, height, width, channelsLast: !front };
}

/** Resized and cropped to the input's height and width, or smaller where the rest is to be padded. */
function fitted(image: RgbImage, recipe: ImageRecipe, { height, width }: ImageLayout): RgbImage {
  const { fit, filter, stretchTo } = recipe;
  if (fit === 'stretch') {
    const [toHeight, toWidth] = stretchTo ?? [height, width];
    return centerCrop(resizeImage(image, toWidth, toHeight, filter), width, height);
  }
  if (fit === 'cover') {
    const shortest = recipe.shortestEdge ?? recipe.zoom * Math.min(height, width);
    const factor = shortest / Math.min(image.width, image.height);
    return centerCrop(scaled(image, factor, filter), width, height);
  }
  return scaled(image, Math.min(width / image.width, height / image.height), filter, width, height);
}

/** By a factor; neither edge below 1, nor above what it may have. */
function scaled(
  image: RgbImage,
  factor: number,
  filter: ImageRecipe['filter'],
  mostWidth = Infinity,
  mostHeight = Infinity,
): RgbImage {
  const edge = (length: number, most: number): number =>
    Math.max(1, Math.min(most, Math.floor(length * factor + 1e-9)));
  return resizeImage(image, edge(image.width, mostWidth), edge(image.height, mostHeight), filter);
}

/** As the input's type has it: bytes as they are, floats from 0 to 1, unless something else is said. */
function valueOf(recipe: ImageRecipe, input: ModelInput): (byte: number, channel: number) => number {
  const { values } = recipe;
  const float = isFloat(input.dataType);
  if (!values) return float ? (byte) => byte / 255 : (byte) => byte;
  const exact = (byte: number, channel: number): number =>
    (byte - (values.mean[channel] as number)) * (values.scale[channel] as number);
  return float ? exact : (byte, channel) => Math.round(exact(byte, channel));
}

function channelBytes(image: RgbImage, order: ImageRecipe['order'], channels: 1 | 3) {
  const { data } = image;
  if (channels === 3)
    return (pixel: number, channel: number): number => data[3 * pixel + (order === 'RGB' ? channel : 2 - channel)]!;
  const [red, green, blue] = LUMINANCE;
  return (pixel: number): number =>
    Math.round(red * data[3 * pixel]! + green * data[3 * pixel + 1]! + blue * data[3 * pixel + 2]!);
}

/** One tensor from as many images as the batch has. */
export function imageTensor(images: readonly RgbImage[], input: ModelInput, recipe: ImageRecipe): TensorValue {
  const layout = imageLayout(input, recipe.layout);
  const { channels, height, width, channelsLast } = layout;
  const perImage = channels * height * width;
  const elements = new Float64Array(elementCount(input.shape));
  const value = valueOf(recipe, input);
  for (const [index, image] of images.entries()) {
    const { width: usedWidth, height: usedHeight, ...rest } = fitted(image, recipe, layout);
    const byteAt = channelBytes({ width: usedWidth, height: usedHeight, ...rest }, recipe.order, channels);
    for (let y = 0; y < usedHeight; y++)
      for (let x = 0; x < usedWidth; x++)
        for (let channel = 0; channel < channels; channel++) {
          const place = channelsLast ? (y * width + x) * channels + channel : (channel * height + y) * width + x;
          elements[index * perImage + place] = value(byteAt(y * usedWidth + x, channel), channel);
        }
  }
  return tensorFrom(input.name, input.dataType, input.shape, (index) => elements[index] as number);
}
