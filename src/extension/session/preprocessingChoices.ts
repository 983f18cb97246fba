/** What is asked about images: answers as they are typed, and the usual ones. */

import type { ImagePreprocessing } from '../../protocol/settings.js';

type Values = Required<Pick<ImagePreprocessing, 'mean' | 'scale'>>;
type Three = [number, number, number];

const IMAGE_NET = { mean: [0.485, 0.456, 0.406] as Three, deviation: [0.229, 0.224, 0.225] as Three };

/** `(pixel - mean) * scale`, colours in the order red, green, blue. */
export const USUAL_VALUES = {
  unit: { mean: 0, scale: 1 / 255 },
  signed: { mean: 127.5, scale: 1 / 127.5 },
  imageNet: {
    mean: IMAGE_NET.mean.map((each) => each * 255) as Three,
    scale: IMAGE_NET.deviation.map((each) => 1 / (255 * each)) as Three,
  },
  bytes: { mean: 0, scale: 1 },
} as const satisfies Record<string, Values>;

/** Means and scales follow the colours where these are the other way round. */
export function inOrder(values: Values, order: 'RGB' | 'BGR'): Values {
  const turned = (each: number | Three): number | Three =>
    order === 'BGR' && Array.isArray(each) ? [each[2], each[1], each[0]] : each;
  return { mean: turned(values.mean), scale: turned(values.scale) };
}

/** `0.5` or `0.5, 0.4, 0.3`; null for anything else. */
export function readNumbers(text: string): number | Three | null {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (!numbers.every(Number.isFinite)) return null;
  const [first, second, third] = numbers;
  if (numbers.length === 1) return first ?? null;
  return numbers.length === 3 ? [first as number, second as number, third as number] : null;
}

/** `256` or `224, 320`; undefined for nothing, null for anything else. */
export function readSize(text: string): number | [number, number] | null | undefined {
  if (text.trim() === '') return undefined;
  const match = /^\s*(\d{1,5})\s*(?:[,x×]\s*(\d{1,5})\s*)?$/.exec(text);
  const [height, width] = [Number(match?.[1]), match?.[2] === undefined ? null : Number(match[2])];
  if (!match || height === 0 || width === 0) return null;
  return width === null ? height : [height, width];
}
