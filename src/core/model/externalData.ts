import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { ExpectedError } from '../common/errors.js';
import { detectFormat } from './formats/detect.js';
import type { ModelGraph, TensorRef } from './graph.js';
import { modelTensors } from './tensors.js';

/** The folder that the model's bytes really lie in; model caches hand out links. */
export function weightsFolder(model: Pick<ModelGraph, 'path'>): string {
  return path.dirname(realPathOf(model.path));
}

/**
 * The real path of weights that a model keeps in a file of its own. `location` is untrusted: an absolute path, one
 * that climbs, or a link out of the model's folder throws `ExpectedError`. The file itself may be missing.
 */
export function resolveExternalData(modelPath: string, location: string): string {
  const refuse = (): ExpectedError =>
    new ExpectedError('input', 'model.error.externalPath', { path: modelPath, location });
  const parts = location.split(/[\\/]/);
  if (location.includes('\0') || path.isAbsolute(location) || /^[a-z]:/i.test(location) || parts.includes('..'))
    throw refuse();
  const realFolder = path.dirname(realPathOf(modelPath));
  // Beside the link first: a cache links each file under its name into a folder of content hashes.
  const candidates = [path.join(path.dirname(modelPath), ...parts), path.join(realFolder, ...parts)];
  const found = candidates.find(exists) ?? candidates[1]!;
  const real = realPathOf(found);
  const allowed = [realFolder, realPathOf(path.dirname(modelPath))];
  if (!allowed.some((folder) => isInside(real, folder))) throw refuse();
  return real;
}

export interface ExternalFile {
  /** As the model states it. */
  location: string;
  /** Bytes on disk; null when the file is missing. */
  bytes: number | null;
  /** Where the last tensor in it ends. */
  neededBytes: number;
}

/** The files that hold weights outside the model file, in order of first use. Throws `ExpectedError` for a path that leaves the folder. */
export function externalFiles(model: ModelGraph): ExternalFile[] {
  const files = new Map<string, ExternalFile>();
  for (const { storage } of modelTensors(model)) {
    if (storage.kind !== 'raw' || storage.range.file === null) continue;
    const { file: location, offset, length } = storage.range;
    const known = files.get(location) ?? { location, bytes: sizeOf(model.path, location), neededBytes: 0 };
    known.neededBytes = Math.max(known.neededBytes, offset + length);
    files.set(location, known);
  }
  return [...files.values()];
}

/** What keeps the weights from being read: a file that is missing, not fetched or short; null when all are there. */
export function externalDataProblem(model: ModelGraph): ExpectedError | null {
  const { path: modelPath } = model;
  for (const { location, bytes, neededBytes } of externalFiles(model)) {
    if (bytes === null) return new ExpectedError('input', 'model.error.externalMissing', { path: modelPath, location });
    if (bytes < neededBytes) {
      if (detectFormat(resolveExternalData(modelPath, location)).format === 'gitLfsPointer')
        return new ExpectedError('input', 'model.error.externalLfs', { path: modelPath, location });
      const params = { path: modelPath, location, needed: neededBytes, bytes };
      return new ExpectedError('input', 'model.error.externalTruncated', params);
    }
  }
  return null;
}

/** true for a tensor whose elements lie outside the model file. */
export function isExternal({ storage }: TensorRef): boolean {
  return storage.kind === 'raw' && storage.range.file !== null;
}

function sizeOf(modelPath: string, location: string): number | null {
  const file = resolveExternalData(modelPath, location);
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats?.isFile() === true ? stats.size : null;
}

function exists(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}

/** The path without links; of a path that does not exist, that of its nearest ancestor and the rest. */
function realPathOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    const parent = path.dirname(file);
    return parent === file ? file : path.join(realPathOf(parent), path.basename(file));
  }
}

function isInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && !path.isAbsolute(relative) && relative.split(path.sep)[0] !== '..';
}
