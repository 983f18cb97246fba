/** Pages of printed words, rendered from a bitmap font: what a text detector is made for. */

import { Random } from '../models/random.js';

/** Columns of 5 × 7 glyphs, the top row in the lowest bit. */
const GLYPHS = new Map(
  Object.entries({
    A: '7e1111117e',
    B: '7f49494936',
    C: '3e41414122',
    D: '7f4141221c',
    E: '7f49494941',
    F: '7f09090901',
    G: '3e4149497a',
    H: '7f0808087f',
    I: '00417f4100',
    K: '7f08142241',
    L: '7f40404040',
    M: '7f020c027f',
    N: '7f0408107f',
    O: '3e4141413e',
    P: '7f09090906',
    R: '7f09192946',
    S: '4649494931',
    T: '01017f0101',
    U: '3f4040403f',
    V: '1f2040201f',
    W: '3f4038403f',
    Y: '0708700807',
    a: '2054545478',
    b: '7f48444438',
    c: '3844444420',
    d: '384444487f',
    e: '3854545418',
    f: '087e090102',
    g: '0c5252523e',
    h: '7f08040478',
    i: '00447d4000',
    j: '2040443d00',
    k: '7f10284400',
    l: '00417f4000',
    m: '7c04180478',
    n: '7c08040478',
    o: '3844444438',
    p: '7c14141408',
    q: '081414187c',
    r: '7c08040408',
    s: '4854545420',
    t: '043f444020',
    u: '3c4040207c',
    v: '1c2040201c',
    w: '3c4030403c',
    x: '4428102844',
    y: '0c5050503c',
    z: '4464544c44',
    '0': '3e5149453e',
    '1': '00427f4000',
    '2': '4261514946',
    '3': '2141454b31',
    '4': '1814127f10',
    '5': '2745454539',
    '6': '3c4a494930',
    '7': '0171090503',
    '8': '3649494936',
    '9': '064949291e',
    '.': '0060600000',
    ',': '0050300000',
    '-': '0808080808',
  }).map(([letter, hex]) => [letter, Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16))]),
);

const WORDS = (
  'Invoice Number Date Total Amount due within thirty days of receipt The quick brown fox jumps over a lazy dog ' +
  'Please send payment to the account below 2026 1479 38.50 Order No. 60-213 Delivery address Market Street 17, ' +
  'Thank you for your order Section 4.2 describes how measured values were obtained and what they mean Page 3 of 12'
).split(' ');

const ADVANCE = 6;
const ROWS = 7;
/** Each pixel is the mean of this many points a side. */
const SUBPIXELS = 3;

/** Share of ink of each pixel of a square page, 0 to 1; seeded. */
export function textPage(size: number, seed: number): Float32Array {
  const random = new Random(seed);
  const ink = new Float32Array(size * size);
  let word = random.integer(WORDS.length);
  for (let top = 10 + random.integer(12); top < size - 24;) {
    const scale = 1.1 + random.uniform() * (random.integer(4) === 0 ? 2 : 0.9);
    const right = size - 8 - random.integer(100);
    let left = 8 + random.integer(30);
    for (;;) {
      const text = WORDS[word % WORDS.length]!;
      const width = Math.ceil(text.length * ADVANCE * scale);
      if (left + width > right) break;
      drawWord(ink, size, { text, left, top, scale });
      left += width + Math.round(ADVANCE * scale * 0.8);
      word += 1;
    }
    top += Math.round(ROWS * scale) + 5 + random.integer(14);
  }
  return ink;
}

interface PlacedWord {
  text: string;
  left: number;
  top: number;
  scale: number;
}

function drawWord(ink: Float32Array, size: number, { text, left, top, scale }: PlacedWord): void {
  const width = Math.ceil(text.length * ADVANCE * scale);
  const height = Math.ceil((ROWS + 1) * scale);
  for (let y = 0; y < height && top + y < size; y++)
    for (let x = 0; x < width && left + x < size; x++) ink[(top + y) * size + left + x] = coverage(text, x, y, scale);
}

function coverage(text: string, x: number, y: number, scale: number): number {
  let sum = 0;
  for (let dy = 0; dy < SUBPIXELS; dy++)
    for (let dx = 0; dx < SUBPIXELS; dx++) {
      const column = Math.floor((x + (dx + 0.5) / SUBPIXELS) / scale);
      const row = Math.floor((y + (dy + 0.5) / SUBPIXELS) / scale);
      const glyph = GLYPHS.get(text[Math.floor(column / ADVANCE)] ?? '');
      sum += ((glyph?.[column % ADVANCE] ?? 0) >> row) & 1;
    }
  return sum / SUBPIXELS ** 2;
}
