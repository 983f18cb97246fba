/** Which model file a config means, among those that are known. */

import type { WorkspaceFile } from '../../protocol/settings.js';
import { matchesGlob } from './glob.js';
import type { ServingConfig } from './servingConfig.js';

/** Absolute, with `/`. */
export interface KnownModel {
  path: string;
  profiled: boolean;
}

export interface ModelPlace {
  /** The config file, absolute, with `/`. */
  file: string;
  /** The folder of `inference-profiler.json`, else the workspace's or the repository's; null outside of all. */
  root: string | null;
  workspaceFile: WorkspaceFile | null;
}

export type ModelMatch = { path: string; by: 'mapping' | 'path' | 'layout' | 'onlyOne' } | null;

/**
 * The explicit mapping first, then a path in the config, then Triton's layout, then the only profiled model of the
 * folder. Where two would do, none is taken: a figure of the wrong model is worse than none.
 */
export function modelOf(config: ServingConfig, place: ModelPlace, known: readonly KnownModel[]): ModelMatch {
  const mapped = mappedModel(place, known);
  if (mapped) return { path: mapped, by: 'mapping' };
  if (config.modelBeside) {
    const beside = besideModel(folderOf(place.file), known);
    if (beside) return { path: beside, by: 'layout' };
  }
  for (const { value } of config.models) {
    const path = namedModel(value, place, known);
    if (path) return { path, by: 'path' };
  }
  // A config that names another model by a path is not about the only one that happens to be here.
  if (config.models.some(({ value }) => value.includes('/') || /\.(onnx|ort)$/i.test(value))) return null;
  const only = onlyProfiled(place, known);
  return only ? { path: only, by: 'onlyOne' } : null;
}

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const stemOf = (path: string): string => nameOf(path).replace(/\.[^.]*$/, '');

/** From `models.PATH.configs` of the workspace file. */
function mappedModel({ file, root, workspaceFile }: ModelPlace, known: readonly KnownModel[]): string | null {
  if (root === null || !workspaceFile?.models || !file.startsWith(`${root}/`)) return null;
  const relative = file.slice(root.length + 1);
  for (const [key, { configs }] of Object.entries(workspaceFile.models)) {
    if (!configs?.some((each) => each.replace(/^\.\//, '') === relative || matchesGlob(relative, each))) continue;
    const path = `${root}/${key.replace(/^\.\//, '')}`;
    const found = known.filter((each) => each.path === path || matchesGlob(each.path.slice(root.length + 1), key));
    // Mapped to a file that nobody has profiled is mapped all the same.
    return found[0]?.path ?? (key.includes('*') ? null : path);
  }
  return null;
}

/** `NAME/1/model.onnx` beside the config: the highest version. */
function besideModel(folder: string, known: readonly KnownModel[]): string | null {
  const versions = known.flatMap(({ path }) => {
    if (!path.startsWith(`${folder}/`)) return [];
    const match = /^(\d+)\/[^/]+$/.exec(path.slice(folder.length + 1));
    return match ? [{ path, version: Number(match[1]) }] : [];
  });
  return versions.sort((a, b) => b.version - a.version)[0]?.path ?? null;
}

/** A path or an address: the file itself, else the one model that shares the longest end with it. */
export function namedModel(
  written: string,
  { file, root }: Pick<ModelPlace, 'file' | 'root'>,
  known: readonly KnownModel[],
): string | null {
  const clean = written
    .replaceAll('\\', '/')
    .replace(/[?#].*$/, '')
    .replace(/\/+$/, '');
  const plain = clean.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').replace(/^\.\//, '');
  if (plain === '') return null;
  const direct = [joined(folderOf(file), clean), root === null ? null : joined(root, clean)];
  const exact = known.find(({ path }) => direct.includes(path));
  if (exact) return exact.path;
  const [within, more] = known.filter(({ path }) =>
    direct.some((folder) => folder !== null && path.startsWith(`${folder}/`)),
  );
  if (within && !more) return within.path;
  const scored = known
    .map((each) => ({ ...each, score: commonEnd(plain, each.path) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || Number(b.profiled) - Number(a.profiled));
  const [first, second] = scored;
  if (!first) return null;
  return second?.score === first.score && second.profiled === first.profiled ? null : first.path;
}

/** Path segments that agree from the end on; a folder's or an archive's name stands for the model it holds. */
function commonEnd(written: string, path: string): number {
  const [wanted, has] = [written.split('/'), path.split('/')];
  if (nameOf(written) === nameOf(path)) {
    let count = 0;
    while (count < Math.min(wanted.length, has.length) && wanted.at(-1 - count) === has.at(-1 - count)) count += 1;
    return 1 + count;
  }
  if (/\.(onnx|ort)$/i.test(written)) return 0;
  const name = /\.(mar|zip|tar|gz|tgz|bin|pt)$/i.test(written) ? stemOf(written) : nameOf(written);
  return name.length > 1 && (stemOf(path) === name || has.at(-2) === name || has.at(-3) === name) ? 1 : 0;
}

/** `..` and `.` taken away. */
function joined(folder: string, path: string): string {
  const segments: string[] = [];
  for (const segment of (path.startsWith('/') ? path : `${folder}/${path}`).split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '.') segments.push(segment);
  }
  return segments.join('/');
}

function onlyProfiled({ file, root }: ModelPlace, known: readonly KnownModel[]): string | null {
  const folder = root ?? folderOf(file);
  const here = known.filter(({ path, profiled }) => profiled && path.startsWith(`${folder}/`));
  const [only, more] = here;
  return only && !more ? only.path : null;
}
