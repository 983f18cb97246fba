import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import picomatch from 'picomatch';
import type { FileFormat, ScannedModel } from '../../protocol/scan.js';
import type { Message } from '../../protocol/text.js';
import { ExpectedError } from '../common/errors.js';
import { detectFormat } from './formats/detect.js';
import { findLicence } from './licence.js';
import { countParameters } from './parameters.js';
import { readModel } from './read.js';
import { countNodes } from './summary.js';

/** Turns a message into English, for readers of the JSON who have no catalogue. */
export type MessageRenderer = (message: Message) => string;

export interface ScanOptions {
  render: MessageRenderer;
  /** Globs of paths to leave out, relative to the folder, as in `files.exclude`. */
  exclude?: readonly string[];
  signal?: AbortSignal;
}

/** Extensions that are looked into; `.bin` and `.xml` are only seen as an OpenVINO pair. */
const MODEL_EXTENSIONS = new Set(
  ['onnx', 'ort', 'tflite', 'lite', 'safetensors', 'gguf', 'pt', 'pth', 'pb', 'h5', 'hdf5', 'keras', 'mlmodel']
    .concat(['engine', 'plan', 'trt', 'xml'])
    .map((extension) => `.${extension}`),
);
/** Of these, files that turn out not to be models are somebody else's, and not listed. */
const SHARED_EXTENSIONS = new Set(['.pb', '.xml', '.lite', '.plan', '.h5', '.hdf5', '.pt']);
/** Never entered: other people's files, by the thousand. */
const SKIPPED_FOLDERS = new Set([
  'node_modules',
  '.git',
  '.hg',
  '.svn',
  '.venv',
  'venv',
  'site-packages',
  '__pycache__',
]);

/** true for a path whose name says that it may hold a model. */
export function isModelPath(file: string): boolean {
  return MODEL_EXTENSIONS.has(path.extname(file).toLowerCase());
}

/** What is known of one file without running it. A file that cannot be read is listed with the reason. */
export function scanFile(file: string, render: MessageRenderer): ScannedModel {
  const unread = { path: file, nodeCount: null, parameterCount: null, licence: null, profilable: false };
  let known: { format: FileFormat; fileBytes: number } = { format: 'unknown', fileBytes: 0 };
  try {
    const { message, ...detected } = detectFormat(file);
    known = detected;
    if (message !== null) return { ...unread, ...known, reason: render(message), message };
    const model = readModel(file);
    return {
      ...{ path: file, ...known, nodeCount: countNodes(model) },
      ...{ parameterCount: countParameters(model).parameterCount, licence: findLicence(model) },
      ...{ profilable: true, reason: null, message: null },
    };
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error;
    return { ...unread, ...known, reason: render(error.failureMessage), message: error.failureMessage };
  }
}

/** The model files below a folder, by path. Only files whose extension matches are opened; links to folders are not followed. */
export async function* scanFolder(folder: string, options: ScanOptions): AsyncGenerator<ScannedModel> {
  for await (const file of findModelFiles(folder, options)) {
    const scanned = scanFile(file, options.render);
    const isForeign = scanned.format === 'unknown' && SHARED_EXTENSIONS.has(path.extname(file).toLowerCase());
    if (!isForeign) yield scanned;
  }
}

/** Absolute paths of files below `folder` that may be models, by name alone. */
export async function* findModelFiles(
  folder: string,
  options: Pick<ScanOptions, 'exclude' | 'signal'>,
): AsyncGenerator<string> {
  const root = path.resolve(folder);
  const excluded = picomatch([...(options.exclude ?? [])], { dot: true });
  const hidden = (file: string): boolean => excluded(path.relative(root, file).split(path.sep).join('/'));
  const pending = [root];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    options.signal?.throwIfAborted();
    const folders: string[] = [];
    for (const entry of await entriesOf(current, current === root)) {
      const file = path.join(current, entry.name);
      if (entry.isDirectory()) {
        if (!SKIPPED_FOLDERS.has(entry.name) && !hidden(file)) folders.push(file);
      } else if (isModelPath(entry.name) && !hidden(file) && (entry.isFile() || (await isLinkToFile(entry, file)))) {
        yield file;
      }
    }
    // Popped from the end: reversed, so that folders come by name.
    pending.push(...folders.reverse());
  }
}

/** By name. A folder that cannot be listed is passed over, unless it is the one that was asked for. */
async function entriesOf(folder: string, isRoot: boolean): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (isRoot) throw new ExpectedError('input', 'model.error.folder', { path: folder }, { cause: error });
    return [];
  }
}

/** Model caches hand out links. */
async function isLinkToFile(entry: Dirent, file: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return false;
  try {
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
