/** Images that feed the one input that takes images. */

import path from 'node:path';
import { ExpectedError } from '../../common/errors.js';
import { oneLine } from '../../common/oneLine.js';
import { dataTypeName } from '../../model/dataTypes.js';
import { isPastInput, isStateInput } from '../../model/dimensionKinds.js';
import type { ValueInfo } from '../../model/graph.js';
import { feedInputs } from '../../model/openDimensions.js';
import type { ImagePreprocessing } from '../../../protocol/settings.js';
import { readBounded } from './files.js';
import { decodeImage, type RgbImage } from './image.js';
import { imageLayout, imageTensor } from './imageTensor.js';
import { imageRecipe, type ImageRecipe } from './preprocessing.js';
import type { BoundSamples, ModelInput, Sample, SampleSource, SourceTarget } from './types.js';

const LARGEST_IMAGE_BYTES = 64 * 2 ** 20;
const PIXEL_TYPES = /^(b?float|u?int(8|16|32)$)/;
const IMAGE_NAME = /pixel|image|img|picture|photo|frame/;

function takesImages({ name, type }: ValueInfo): boolean {
  if (type.kind !== 'tensor' || !PIXEL_TYPES.test(dataTypeName(type.dataType))) return false;
  const rank = type.shape?.length ?? 0;
  return (rank === 3 || rank === 4) && !/mask/.test(name.toLowerCase()) && !isPastInput(name) && !isStateInput(name);
}

/** The named one, else the only one that can hold images, else the only one of rank 4 or whose name speaks of them. */
function imageInput({ model, input: name }: SourceTarget, label: string): ValueInfo {
  const inputs = feedInputs(model);
  const candidates = name === null ? inputs.filter(takesImages) : inputs.filter((each) => each.name === name);
  const choices = [
    candidates,
    candidates.filter((each) => IMAGE_NAME.test(each.name.toLowerCase())),
    candidates.filter(({ type }) => type.kind === 'tensor' && type.shape?.length === 4),
  ];
  const chosen = choices.find(({ length }) => length === 1)?.[0];
  if (chosen) return chosen;
  const known = oneLine(inputs.map((each) => each.name).join(', '));
  if (candidates.length === 0) throw new ExpectedError('input', 'measure.image.noInput', { folder: label, known });
  throw new ExpectedError('input', 'measure.image.whichInput', { folder: label, known });
}

/** Height and width where the recipe knows them; the channels of the shape tell where they stand. */
function fixedShape({ type }: ValueInfo, { size, layout }: ImageRecipe): (number | null)[] | null {
  const shape = type.kind === 'tensor' ? type.shape : null;
  if (!shape || !size || (shape.length !== 3 && shape.length !== 4)) return null;
  const last = shape.at(-1);
  const channelsLast = layout === 'NHWC' || (layout === null && shape.at(-3) !== 1 && shape.at(-3) !== 3 && last === 3);
  const tail = channelsLast ? [...size, null] : [null, ...size];
  return shape.length === 4 ? [null, ...tail] : tail;
}

async function readImage(file: string): Promise<RgbImage> {
  return decodeImage(await readBounded(file, LARGEST_IMAGE_BYTES), path.basename(file));
}

/** Images of a folder, or one image; in the order of `files`, as many at once as the batch has. */
export async function imageSource(
  files: readonly string[],
  label: string,
  target: SourceTarget,
  settings: ImagePreprocessing | undefined,
): Promise<SampleSource> {
  const declared = imageInput(target, label);
  const recipe = await imageRecipe(target.model.path, settings);
  const shape = fixedShape(declared, recipe);
  return {
    label,
    many: files.length > 1,
    fixedShapes: () => Promise.resolve(new Map(shape ? [[declared.name, shape]] : [])),
    bind: (inputs) => {
      const input = inputs.find((each) => each.name === declared.name);
      if (!input) throw new Error(`no such input: ${declared.name}`);
      return Promise.resolve(boundImages(files, label, input, recipe));
    },
  };
}

function boundImages(files: readonly string[], label: string, input: ModelInput, recipe: ImageRecipe): BoundSamples {
  const { batch, height, width, channels } = imageLayout(input, recipe.layout);
  const each = Math.max(1, batch);
  const read = async (index: number): Promise<Sample> => {
    const names = Array.from({ length: batch }, (_, place) => files[(index * each + place) % files.length] as string);
    const images: RgbImage[] = [];
    for (const name of names) images.push(await readImage(name));
    const value = imageTensor(images, input, recipe);
    const source = names.map((name) => path.basename(name)).join(', ') || label;
    const byInput = new Map([[input.name, { name: input.name, source, value }]]);
    return { folder: label, byInput, expected: [], members: names.map((name) => path.basename(name)) };
  };
  const place = { name: oneLine(input.name, 80), height, width };
  const warnings = recipe.assumed
    ? [{ code: `measure.warning.imageAssumed.${channels === 1 ? 'grey' : 'colour'}`, params: place }]
    : [];
  return { count: Math.ceil(files.length / each), warnings, read };
}
