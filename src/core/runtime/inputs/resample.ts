/**
 * Resizing as Pillow does it, because models were trained on what Pillow gave: separable filters whose support grows
 * when an image shrinks, first along rows, then along columns, bytes in between.
 */

import type { RgbImage } from './image.js';

/** Pillow's numbers for its filters, as `preprocessor_config.json` has them. */
export const RESAMPLE_FILTERS = ['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming'] as const;
export type ResampleFilter = (typeof RESAMPLE_FILTERS)[number];

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** Keys' cubic with a = -0.5. */
function cubic(x: number): number {
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

/** Of the distance from the centre, in source pixels where an image grows. */
const KERNELS: Readonly<
  Record<Exclude<ResampleFilter, 'nearest'>, { support: number; weight: (distance: number) => number }>
> = {
  box: { support: 0.5, weight: (x) => (x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - x) },
  hamming: { support: 1, weight: (x) => (x < 1 ? sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x)) : 0) },
  bicubic: { support: 2, weight: cubic },
  lanczos: { support: 3, weight: (x) => (x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

interface Taps {
  start: number;
  weights: Float64Array;
}

function tapsOf(from: number, to: number, filter: Exclude<ResampleFilter, 'nearest'>): Taps[] {
  const { support, weight } = KERNELS[filter];
  const ratio = from / to;
  const stretch = Math.max(1, ratio);
  return Array.from({ length: to }, (_, index) => {
    const center = (index + 0.5) * ratio;
    const start = Math.max(0, Math.trunc(center - support * stretch + 0.5));
    const end = Math.min(from, Math.trunc(center + support * stretch + 0.5));
    const weights = Float64Array.from({ length: end - start }, (__, tap) =>
      weight(Math.abs((start + tap - center + 0.5) / stretch)),
    );
    const sum = weights.reduce((total, each) => total + each, 0);
    return { start, weights: sum === 0 ? weights.fill(1 / weights.length) : weights.map((each) => each / sum) };
  });
}

const toByte = (value: number): number => Math.min(255, Math.max(0, Math.floor(value + 0.5)));

/** Along the axis whose neighbours lie `step` bytes apart; `lines` start at what `lineStart` says. */
function alongAxis(
  data: Uint8Array,
  taps: readonly Taps[],
  lines: number,
  places: { from: (line: number, at: number) => number; to: (line: number, at: number) => number; step: number },
): Uint8Array {
  const target = new Uint8Array(lines * taps.length * 3);
  for (let line = 0; line < lines; line++)
    for (const [at, { start, weights }] of taps.entries()) {
      const source = places.from(line, start);
      const place = places.to(line, at);
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let tap = 0; tap < weights.length; tap++)
          sum += (data[source + tap * places.step + channel] as number) * (weights[tap] as number);
        target[place + channel] = toByte(sum);
      }
    }
  return target;
}

function nearest({ width, height, data }: RgbImage, toWidth: number, toHeight: number): Uint8Array {
  const target = new Uint8Array(toWidth * toHeight * 3);
  for (let y = 0; y < toHeight; y++)
    for (let x = 0; x < toWidth; x++) {
      const row = Math.min(height - 1, Math.floor(((y + 0.5) * height) / toHeight));
      const column = Math.min(width - 1, Math.floor(((x + 0.5) * width) / toWidth));
      const source = (row * width + column) * 3;
      target.set(data.subarray(source, source + 3), (y * toWidth + x) * 3);
    }
  return target;
}

/** The image in another size; itself where it has that size already. */
export function resizeImage(image: RgbImage, width: number, height: number, filter: ResampleFilter): RgbImage {
  if (width === image.width && height === image.height) return image;
  if (filter === 'nearest') return { width, height, data: nearest(image, width, height) };
  const rows = alongAxis(image.data, tapsOf(image.width, width, filter), image.height, {
    from: (line, at) => (line * image.width + at) * 3,
    to: (line, at) => (line * width + at) * 3,
    step: 3,
  });
  const data = alongAxis(rows, tapsOf(image.height, height, filter), width, {
    from: (line, at) => (at * width + line) * 3,
    to: (line, at) => (at * width + line) * 3,
    step: 3 * width,
  });
  return { width, height, data };
}

/** The middle of an image, or the image in the middle of black, in a size. */
export function centerCrop(image: RgbImage, width: number, height: number): RgbImage {
  if (width === image.width && height === image.height) return image;
  const left = Math.floor((image.width - width) / 2);
  const top = Math.floor((image.height - height) / 2);
  const data = new Uint8Array(width * height * 3);
  for (let y = Math.max(0, -top); y < Math.min(height, image.height - top); y++) {
    const [start, end] = [Math.max(0, left), Math.min(image.width, left + width)];
    const row = image.data.subarray(((y + top) * image.width + start) * 3, ((y + top) * image.width + end) * 3);
    data.set(row, (y * width + start - left) * 3);
  }
  return { width, height, data };
}
