/** Which kind of file or folder a request names. */

import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { InputRequest } from '../../../protocol/worker.js';
import { ExpectedError } from '../../common/errors.js';
import { oneLine } from '../../common/oneLine.js';
import {
  arrayFile,
  isArrayFile,
  isTestDataSet,
  isTestInput,
  namedArrays,
  testDataSet,
  testDataSets,
} from './arraySource.js';
import { entriesOf } from './folders.js';
import { IMAGE_EXTENSIONS, OTHER_IMAGE_EXTENSIONS } from './image.js';
import { imageSource } from './imageSource.js';
import { TEXT_EXTENSIONS } from './textLines.js';
import { textSource } from './textSource.js';
import type { SampleSource, SourceTarget } from './types.js';

const extensionOf = (entry: string): string => path.extname(entry).toLowerCase();
const isImage = (entry: string): boolean => IMAGE_EXTENSIONS.includes(extensionOf(entry));
const isText = (entry: string): boolean => TEXT_EXTENSIONS.includes(extensionOf(entry));

/** ExpectedError when it is of no kind that can feed a model. Nothing but its names is read, except text. */
export async function openSource(request: InputRequest, target: SourceTarget): Promise<SampleSource> {
  const found = await stat(request.path).catch((error: unknown) => {
    const cause = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const params = { file: oneLine(request.path), cause };
    throw new ExpectedError('input', 'measure.input.fileUnreadable', params, { cause: error });
  });
  return found.isDirectory() ? openFolder(request, target) : openFile(request, target);
}

async function openFile({ path: file, preprocessing }: InputRequest, target: SourceTarget): Promise<SampleSource> {
  const label = path.basename(file);
  if (isImage(file)) return imageSource([file], label, target, preprocessing);
  if (isText(file)) return textSource([file], label, target);
  return arrayFile(file, target);
}

async function openFolder(request: InputRequest, target: SourceTarget): Promise<SampleSource> {
  const { path: folder, preprocessing } = request;
  const label = path.basename(path.resolve(folder));
  const entries = await entriesOf(folder);
  const files = (belongs: (entry: string) => boolean): string[] =>
    entries.filter(belongs).map((entry) => path.join(folder, entry));
  if (target.input === null) {
    if (entries.some(isTestDataSet)) return testDataSets(folder, entries, target);
    if (entries.some(isTestInput)) return testDataSet(folder, entries, target);
    if (entries.some(isArrayFile)) return namedArrays(folder, entries, target);
  }
  const images = files(isImage);
  if (images.length > 0) return imageSource(images, label, target, preprocessing);
  const texts = files(isText);
  if (texts.length > 0) return textSource(texts, label, target);
  if (entries.some((entry) => OTHER_IMAGE_EXTENSIONS.includes(extensionOf(entry))))
    throw new ExpectedError('input', 'measure.image.format', { file: oneLine(folder) });
  if (target.input !== null)
    throw new ExpectedError('input', 'measure.input.folderOfOne', {
      folder: oneLine(folder),
      name: oneLine(target.input, 80),
    });
  throw new ExpectedError('input', 'measure.input.folderKind', { folder: oneLine(folder) });
}
