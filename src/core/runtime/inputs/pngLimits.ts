/**
 * What a PNG would unpack to, checked before it is decoded: the decoder has no limits of its own, and a megabyte can
 * hold a gigabyte.
 */

import { inflateSync } from 'node:zlib';
import { ExpectedError } from '../../common/errors.js';
import { oneLine } from '../../common/oneLine.js';

const SIGNATURE_BYTES = 8;
/** Length, type and checksum around a chunk's content. */
const CHUNK_FRAME_BYTES = 12;
const HEADER_BYTES = 13;
const MOST_CHUNKS = 100_000;
/** What pixels are made of; everything else (profiles, text, animation) is left out. */
const NEEDED: ReadonlySet<string> = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);
const CHANNELS: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
]);

interface Chunk {
  type: string;
  whole: Uint8Array;
}

function chunksOf(bytes: Uint8Array): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  let offset = SIGNATURE_BYTES;
  while (offset + CHUNK_FRAME_BYTES <= bytes.length && chunks.length < MOST_CHUNKS) {
    const end = offset + CHUNK_FRAME_BYTES + view.getUint32(offset);
    if (end > bytes.length) throw new Error('a chunk is longer than the file');
    const type = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8));
    if (NEEDED.has(type)) chunks.push({ type, whole: bytes.subarray(offset, end) });
    if (type === 'IEND') return chunks;
    offset = end;
  }
  throw new Error('the file ends before the image does');
}

/** Bytes of all rows with their filters; interlaced ones come in up to seven passes, with rows of their own. */
function unpackedBytes(header: Uint8Array, mostPixels: number, file: string): { least: number; most: number } {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const [width, height] = [view.getUint32(8), view.getUint32(12)];
  const [depth, colorType] = [view.getUint8(16), view.getUint8(17)];
  if (width === 0 || height === 0) throw new Error('it has no pixels');
  if (width * height > mostPixels)
    throw new ExpectedError('input', 'measure.image.tooLarge', {
      file: oneLine(file),
      width,
      height,
      maximum: mostPixels / 1e6,
    });
  const channels = CHANNELS.get(colorType);
  if (channels === undefined || ![1, 2, 4, 8, 16].includes(depth)) throw new Error('its colours are of no known kind');
  const rows = (Math.ceil((width * channels * depth) / 8) + 1) * height;
  const interlaced = view.getUint8(20) !== 0;
  // The decoder takes such pixels for whole bytes.
  if (interlaced && depth < 8) throw new Error('it is interlaced with less than 8 bits a sample');
  return { least: rows - (interlaced ? height : 0), most: interlaced ? rows + 8 * (width + height) + 64 : rows };
}

/** The file with the chunks of its pixels alone. ExpectedError when it is too large; Error when it is broken. */
export function checkedPng(bytes: Uint8Array, mostPixels: number, file: string): Uint8Array {
  const chunks = chunksOf(bytes);
  const header = chunks[0];
  if (header?.type !== 'IHDR' || header.whole.length !== HEADER_BYTES + CHUNK_FRAME_BYTES)
    throw new Error('it does not begin with a header');
  const { least, most } = unpackedBytes(header.whole, mostPixels, file);
  const packed = chunks.filter(({ type }) => type === 'IDAT').map(({ whole }) => whole.subarray(8, -4));
  const unpacked = inflateSync(Buffer.concat(packed), { maxOutputLength: most });
  if (unpacked.length < least) throw new Error('it has fewer pixels than it says');
  return Buffer.concat([bytes.subarray(0, SIGNATURE_BYTES), ...chunks.map(({ whole }) => whole)]);
}
