import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { deflateSync } from 'node:zlib';
import { encode as encodePng } from 'fast-png';
import { encode as encodeJpeg } from 'jpeg-js';
import { decodeImage, type RgbImage } from '../../src/core/runtime/inputs/image.js';
import { imageTensor } from '../../src/core/runtime/inputs/imageTensor.js';
import { dimensionsFromInputs, openInputSet, prepareInputs } from '../../src/core/runtime/inputs/inputs.js';
import { ASSUMED_RECIPE, recipeFromConfig, withSettings } from '../../src/core/runtime/inputs/preprocessing.js';
import { centerCrop, resizeImage } from '../../src/core/runtime/inputs/resample.js';
import { DataTypes } from '../../src/core/model/dataTypes.js';
import type { DimensionRef, ModelGraph } from '../../src/core/model/graph.js';
import { node } from '../../src/core/analysis/microModels.js';
import { codeOf, modelAt, openInput } from './support/inputModels.js';

const grey = (width: number, values: number[]): RgbImage => ({
  width,
  height: values.length / width,
  data: Uint8Array.from(values.flatMap((each) => [each, each, each])),
});
const reds = ({ data }: RgbImage): number[] => Array.from(data).filter((_, index) => index % 3 === 0);

/** A PNG of chunks whose checksums nobody reads. */
function png(header: number[], ...rest: [type: string, content: Uint8Array][]): Uint8Array {
  const chunk = (type: string, content: Uint8Array): Uint8Array[] => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length);
    return [length, Buffer.from(type), content, Buffer.alloc(4)];
  };
  const size = Buffer.alloc(8);
  size.writeUInt32BE(header[0]!);
  size.writeUInt32BE(header[1]!, 4);
  const ihdr = Buffer.concat([size, Buffer.from([...header.slice(2, 4), 0, 0, header[4] ?? 0])]);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
  const chunks = [...chunk('IHDR', ihdr), ...rest.flatMap(([type, content]) => chunk(type, content))];
  return Buffer.concat([signature, ...chunks, ...chunk('IEND', new Uint8Array(0))]);
}

describe('images', () => {
  const colours = Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 8, 7]);

  it('are read from PNG in every way that pixels are kept', async () => {
    const rgb = encodePng({ width: 2, height: 2, data: colours, channels: 3, depth: 8 });
    assert.deepEqual(await decodeImage(rgb, 'a.png'), { width: 2, height: 2, data: colours });
    const withAlpha = Uint8Array.from([1, 2, 3, 0, 4, 5, 6, 255]);
    const rgba = encodePng({ width: 2, height: 1, data: withAlpha, channels: 4, depth: 8 });
    assert.deepEqual(Array.from((await decodeImage(rgba, 'a.png')).data), [1, 2, 3, 4, 5, 6]);
    const deep = encodePng({ width: 2, height: 1, data: Uint16Array.of(0xabcd, 0x1234), channels: 1, depth: 16 });
    assert.deepEqual(reds(await decodeImage(deep, 'a.png')), [0xab, 0x12]);
    // Three grey pixels of 2 bits: 0, 1, 3.
    const packed = png([3, 1, 2, 0], ['IDAT', deflateSync(Uint8Array.of(0, 0b00_01_11_00))]);
    assert.deepEqual(reds(await decodeImage(packed, 'a.png')), [0, 85, 255]);
    const palette: [string, Uint8Array] = ['PLTE', Uint8Array.of(10, 20, 30, 40, 50, 60)];
    const indexed = png([2, 1, 1, 3], palette, ['IDAT', deflateSync(Uint8Array.of(0, 0b10_000000))]);
    assert.deepEqual(Array.from((await decodeImage(indexed, 'a.png')).data), [40, 50, 60, 10, 20, 30]);
  });

  it('are read from JPEG, by what the file begins with', async () => {
    const data = new Uint8Array(16 * 16 * 4).map((_, index) => [200, 60, 20, 255][index % 4]!);
    const jpeg = encodeJpeg({ width: 16, height: 16, data }, 95).data;
    const image = await decodeImage(jpeg, 'a.png');
    assert.deepEqual([image.width, image.height, image.data.length], [16, 16, 768]);
    for (const [channel, expected] of [200, 60, 20].entries())
      assert.ok(Math.abs(image.data[channel]! - expected) <= 4, `${image.data[channel]}`);
  });

  it('that are broken, too large or of another format are refused', async () => {
    const good = encodePng({ width: 2, height: 2, data: colours, channels: 3, depth: 8 });
    for (let length = 9; length < good.length; length += 5)
      assert.equal(await codeOf(() => decodeImage(good.subarray(0, length), 'a.png')), 'measure.image.malformed');
    const vast = png([60_000, 60_000, 8, 2], ['IDAT', deflateSync(new Uint8Array(8))]);
    assert.equal(await codeOf(() => decodeImage(vast, 'a.png')), 'measure.image.tooLarge');
    // 64 MB of zeros for an image of one pixel.
    const bomb = png([1, 1, 8, 0], ['IDAT', deflateSync(new Uint8Array(64 * 2 ** 20))]);
    assert.equal(await codeOf(() => decodeImage(bomb, 'a.png')), 'measure.image.malformed');
    const short = png([4, 4, 8, 0], ['IDAT', deflateSync(new Uint8Array(5))]);
    assert.equal(await codeOf(() => decodeImage(short, 'a.png')), 'measure.image.malformed');
    const interlaced = png([4, 4, 1, 0, 1], ['IDAT', deflateSync(new Uint8Array(30))]);
    assert.equal(await codeOf(() => decodeImage(interlaced, 'a.png')), 'measure.image.malformed');
    assert.equal(await codeOf(() => decodeImage(Buffer.from('GIF89a, or so'), 'a.png')), 'measure.image.format');
    assert.equal(
      await codeOf(() => decodeImage(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0]), 'a')),
      'measure.image.malformed',
    );
  });

  it('are resized by filters whose support grows with the ratio', () => {
    // By hand: (0·¾ + 100·¾ + 200·¼) / 1¾ and (100·¼ + 200·¾ + 50·¾) / 1¾.
    assert.deepEqual(reds(resizeImage(grey(4, [0, 100, 200, 50]), 2, 1, 'bilinear')), [71, 121]);
    assert.deepEqual(reds(resizeImage(grey(1, [0, 100, 200, 50]), 1, 2, 'bilinear')), [71, 121]);
    assert.deepEqual(reds(resizeImage(grey(4, [0, 100, 200, 50]), 2, 1, 'box')), [50, 125]);
    assert.deepEqual(reds(resizeImage(grey(4, [0, 100, 200, 50]), 2, 1, 'nearest')), [100, 50]);
    for (const filter of ['bilinear', 'bicubic', 'lanczos', 'hamming', 'box'] as const)
      assert.deepEqual(new Set(reds(resizeImage(grey(3, Array<number>(9).fill(77)), 7, 2, filter))), new Set([77]));
  });

  it('give their middle, or stand in the middle of black', () => {
    assert.deepEqual(reds(centerCrop(grey(4, [1, 2, 3, 4]), 2, 1)), [2, 3]);
    assert.deepEqual(reds(centerCrop(grey(2, [1, 2]), 4, 1)), [0, 1, 2, 0]);
  });
});

describe('preprocessing', () => {
  const clip = {
    size: { shortest_edge: 256 },
    crop_size: { height: 224, width: 224 },
    do_center_crop: true,
    image_mean: [0.5, 0.4, 0.3],
    image_std: [0.5, 0.2, 0.1],
    rescale_factor: 1 / 255,
    resample: 3,
  };
  const input = (shape: number[], dataType = 'float32') => ({ name: 'x', dataType, shape });
  const near = (found: ArrayLike<unknown>, expected: number[]): void => {
    assert.equal(found.length, expected.length);
    for (const [index, each] of expected.entries()) assert.ok(Math.abs(Number(found[index]) - each) < 1e-5, `${index}`);
  };

  it('follows preprocessor_config.json', () => {
    const recipe = recipeFromConfig(clip);
    assert.deepEqual(
      [recipe.fit, recipe.zoom, recipe.size, recipe.filter, recipe.assumed],
      ['cover', 256 / 224, [224, 224], 'bicubic', false],
    );
    const { data } = imageTensor(
      [{ width: 1, height: 1, data: Uint8Array.of(255, 0, 51) }],
      input([1, 3, 1, 1]),
      recipe,
    );
    near(data, [1, -2, -1]);
    const plain = recipeFromConfig({ size: { height: 32, width: 64 }, do_normalize: false, image_mean: [1, 1, 1] });
    assert.deepEqual([plain.fit, plain.size], ['stretch', [32, 64]]);
    near(plain.values!.mean, [0, 0, 0]);
    const raw = recipeFromConfig({ do_rescale: false, do_normalize: false, do_resize: true, size: 8 });
    assert.deepEqual(raw.values!.scale, [1, 1, 1]);
  });

  it('is what the user says, where files say something else', () => {
    const recipe = withSettings(recipeFromConfig(clip), { order: 'BGR', mean: [1, 2, 3], scale: 0.5, size: [4, 6] });
    assert.deepEqual(
      [recipe.fit, recipe.size, recipe.values],
      ['stretch', [4, 6], { mean: [1, 2, 3], scale: [0.5, 0.5, 0.5] }],
    );
    const { data } = imageTensor([{ width: 1, height: 1, data: Uint8Array.of(101, 52, 3) }], input([1, 3, 1, 1]), {
      ...recipe,
      stretchTo: null,
    });
    near(data, [1, 25, 49]);
  });

  it('puts channels where the shape has them, one for grey, whole numbers for bytes', () => {
    const image = { width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    const last = imageTensor([image], input([1, 1, 2, 3], 'uint8'), ASSUMED_RECIPE);
    assert.deepEqual(Array.from<unknown>(last.data), [1, 2, 3, 4, 5, 6]);
    const first = imageTensor([image], input([3, 1, 2], 'uint8'), ASSUMED_RECIPE);
    assert.deepEqual(Array.from<unknown>(first.data), [1, 4, 2, 5, 3, 6]);
    const luminance = imageTensor(
      [{ ...image, data: Uint8Array.of(255, 0, 0, 0, 255, 0) }],
      input([1, 1, 2], 'uint8'),
      ASSUMED_RECIPE,
    );
    assert.deepEqual(Array.from<unknown>(luminance.data), [76, 150]);
  });

  it('pads at the right and the bottom where the whole image is to be seen', () => {
    const recipe = { ...ASSUMED_RECIPE, fit: 'contain' as const };
    const { data } = imageTensor([grey(2, [255, 255])], input([1, 1, 2, 2]), recipe);
    assert.deepEqual(Array.from<unknown>(data), [1, 1, 0, 0]);
  });
});

describe('a folder of images', () => {
  let folder = '';
  const shape: DimensionRef[] = ['batch', 3, 'height', 'width'];
  const model = (): ModelGraph =>
    modelAt(
      path.join(folder, 'model.onnx'),
      [node('Identity', ['x'], 'y')],
      [openInput('x', DataTypes.float32, shape)],
    );
  const request = (): { name: null; path: string }[] => [{ name: null, path: path.join(folder, 'photos') }];
  const bind = (batch: number) =>
    Object.entries({ batch, height: 1, width: 1 }).map(([name, size]) => ({
      name,
      value: size,
      source: 'flag' as const,
    }));

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'images-'));
    await mkdir(path.join(folder, 'photos'));
    for (const [name, red] of [
      ['10.png', 30],
      ['2.png', 20],
      ['1.png', 10],
    ] as const) {
      const data = Uint8Array.of(red, 0, 0);
      await writeFile(
        path.join(folder, 'photos', name),
        encodePng({ width: 1, height: 1, data, channels: 3, depth: 8 }),
      );
    }
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const redOf = (data: ArrayLike<unknown>, at = 0): number => Math.round(Number(data[at]) * 255);

  it('is a set of samples, in the order of their numbers, and what is assumed is said', async () => {
    const prepared = await prepareInputs(model(), bind(1), request(), 0);
    assert.deepEqual(
      prepared.samples.map(({ feeds }) => redOf(feeds['x']!.data)),
      [10, 20, 30],
    );
    assert.equal(prepared.summaries[0]?.source, 'file:photos (3 samples)');
    assert.deepEqual(
      prepared.warnings.map(({ code }) => code),
      ['measure.warning.imageAssumed.colour'],
    );
  });

  it('fills a batch with several images, begun anew at the end', async () => {
    const set = await openInputSet(model(), bind(2), request(), 0);
    assert.deepEqual([set.count, set.synthetic, set.label], [2, false, 'photos (2 samples)']);
    const { feeds } = await set.sample(1);
    assert.deepEqual([redOf(feeds['x']!.data), redOf(feeds['x']!.data, 3)], [30, 10]);
  });

  it('binds height and width to what the preprocessing says', async () => {
    const preprocessing = { size: [48, 192] as [number, number] };
    const found = await dimensionsFromInputs(model(), [{ ...request()[0]!, preprocessing }]);
    assert.deepEqual(
      found.map(({ name, values }) => [name, values]),
      [
        ['height', [48]],
        ['width', [192]],
      ],
    );
  });

  it('is refused where no input, or more than one, can take it', async () => {
    const inputs = (names: string[], dims: DimensionRef[]): ModelGraph =>
      modelAt(
        '',
        [],
        names.map((name) => openInput(name, DataTypes.float32, dims)),
      );
    assert.equal(await codeOf(() => prepareInputs(inputs(['x'], [1, 3]), [], request(), 0)), 'measure.image.noInput');
    const two = inputs(['a', 'b'], [1, 3, 1, 1]);
    assert.equal(await codeOf(() => prepareInputs(two, [], request(), 0)), 'measure.image.whichInput');
    const odd = inputs(['x'], [1, 5, 4, 4]);
    assert.equal(await codeOf(() => prepareInputs(odd, [], request(), 0)), 'measure.image.layout');
    const named = await prepareInputs(two, [], [{ name: 'b', path: path.join(folder, 'photos', '2.png') }], 0);
    assert.deepEqual(
      named.summaries.map(({ source }) => source),
      ['synthetic:uniform01', 'file:2.png'],
    );
  });
});
