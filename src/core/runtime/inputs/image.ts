/** Images as three bytes a pixel, red first. PNG and JPEG; other formats are refused in words. */

import { ExpectedError } from '../../common/errors.js';
import { oneLine } from '../../common/oneLine.js';
import { checkedPng } from './pngLimits.js';

export interface RgbImage {
  width: number;
  height: number;
  /** Rows of pixels, 3 bytes each. */
  data: Uint8Array;
}

export const IMAGE_EXTENSIONS: readonly string[] = ['.png', '.jpg', '.jpeg'];
/** Known, so that a folder of them is told what is wrong. */
export const OTHER_IMAGE_EXTENSIONS: readonly string[] = ['.webp', '.bmp', '.gif', '.tif', '.tiff', '.heic', '.avif'];

export const LARGEST_IMAGE_PIXELS = 50_000_000;
/** Of a decoder: coefficients of a progressive JPEG take 6 bytes a pixel beside the image. */
const LARGEST_DECODER_MEBIBYTES = 1024;
const PNG_SIGNATURE = 0x89504e47;

/** Decoded by what the file begins with, whatever it is called. ExpectedError for what is broken or too large. */
export async function decodeImage(bytes: Uint8Array, file: string): Promise<RgbImage> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (bytes.length > 8 && view.getUint32(0) === PNG_SIGNATURE) return await decodePng(bytes, file);
    if (bytes.length > 4 && view.getUint16(0) === 0xffd8) return await decodeJpeg(bytes);
  } catch (error) {
    if (error instanceof ExpectedError) throw error;
    const reason = oneLine(error instanceof Error ? error.message : String(error), 120);
    throw new ExpectedError('input', 'measure.image.malformed', { file: oneLine(file), reason }, { cause: error });
  }
  throw new ExpectedError('input', 'measure.image.format', { file: oneLine(file) });
}

async function decodePng(bytes: Uint8Array, file: string): Promise<RgbImage> {
  const { decode, convertIndexedToRgb } = await import('fast-png');
  const png = decode(checkedPng(bytes, LARGEST_IMAGE_PIXELS, file));
  const { width, height, palette, depth } = png;
  const channels = palette ? (palette[0]?.length ?? 3) : png.channels;
  const values = palette ? convertIndexedToRgb(png) : png.data;
  const levels = depth === 16 || palette ? 255 : 2 ** depth - 1;
  const at =
    depth < 8 && !palette
      ? packedValues(values, width, depth)
      : (pixel: number, channel: number): number => values[pixel * channels + channel] as number;
  const data = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++)
    for (let channel = 0; channel < 3; channel++) {
      // Grey, with alpha or without, has one colour for all three; transparency is dropped.
      const value = at(pixel, channels < 3 ? 0 : channel);
      data[3 * pixel + channel] = depth === 16 ? value >> 8 : Math.round((value * 255) / levels);
    }
  return { width, height, data };
}

/** Grey of less than 8 bits: several pixels a byte, each row from a byte of its own. */
function packedValues(values: ArrayLike<number>, width: number, depth: number): (pixel: number) => number {
  const rowBytes = Math.ceil((width * depth) / 8);
  const mask = 2 ** depth - 1;
  return (pixel) => {
    const bit = (pixel % width) * depth;
    const byte = values[Math.floor(pixel / width) * rowBytes + (bit >> 3)] as number;
    return (byte >> (8 - depth - (bit & 7))) & mask;
  };
}

async function decodeJpeg(bytes: Uint8Array): Promise<RgbImage> {
  const { decode } = await import('jpeg-js');
  const { width, height, data } = decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxResolutionInMP: LARGEST_IMAGE_PIXELS / 1e6,
    maxMemoryUsageInMB: LARGEST_DECODER_MEBIBYTES,
  });
  return { width, height, data };
}
