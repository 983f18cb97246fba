/**
 * The commit that a model belongs to, read from git's files: no git is started, so that a repository's own
 * configuration can start nothing either.
 */

import { readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';

import type { Report } from '../../protocol/report.js';
import { findIndexEntry } from './gitIndex.js';

const MAXIMUM_BYTES = 16 * 2 ** 20;
const MAXIMUM_LINKS = 5;
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * null outside a repository, and before its first commit. `dirty`: the commit alone does not give back this model file,
 * because it is not tracked or was changed since git last recorded it. Other files are not looked at.
 */
export function readGitState(modelPath: string): Report['git'] {
  if (modelPath === '') return null;
  let file: string;
  try {
    file = realpathSync(modelPath);
  } catch {
    return null;
  }
  const repository = findRepository(path.dirname(file));
  const commit = repository && commitOf(repository);
  return repository && commit !== null ? { commit, dirty: isDirty(repository, file, commit) } : null;
}

interface Repository {
  workTree: string;
  /** HEAD and index are here. */
  gitFolder: string;
  /** Branches are here: for a linked work tree, the main repository's. */
  commonFolder: string;
}

function findRepository(start: string): Repository | null {
  for (let folder = start; ; folder = path.dirname(folder)) {
    const gitFolder = gitFolderAt(path.join(folder, '.git'));
    if (gitFolder !== null) {
      const common = readText(path.join(gitFolder, 'commondir'))?.trim();
      const commonFolder = common === undefined ? gitFolder : path.resolve(gitFolder, common);
      return { workTree: folder, gitFolder, commonFolder };
    }
    if (path.dirname(folder) === folder) return null;
  }
}

/** A folder, or in linked work trees and submodules a file that names one. */
function gitFolderAt(place: string): string | null {
  try {
    if (statSync(place).isDirectory()) return place;
  } catch {
    return null;
  }
  const target = /^gitdir: (.+)$/m.exec(readText(place) ?? '')?.[1];
  return target === undefined ? null : path.resolve(path.dirname(place), target.trim());
}

function commitOf({ gitFolder, commonFolder }: Repository): string | null {
  let content = readText(path.join(gitFolder, 'HEAD'))?.trim() ?? '';
  for (let links = 0; links < MAXIMUM_LINKS; links++) {
    if (COMMIT.test(content)) return content;
    const reference = /^ref: (refs\/[^\0]+)$/.exec(content)?.[1];
    if (reference === undefined || reference.split('/').includes('..')) return null;
    content = readText(path.join(commonFolder, reference))?.trim() ?? packedReference(commonFolder, reference);
  }
  return null;
}

function packedReference(commonFolder: string, reference: string): string {
  const lines = readText(path.join(commonFolder, 'packed-refs'))?.split('\n') ?? [];
  return lines.find((line) => line.endsWith(` ${reference}`))?.split(' ')[0] ?? '';
}

/** As `git status` decides first: by the size and the time that the index holds. */
function isDirty({ workTree, gitFolder }: Repository, file: string, commit: string): boolean {
  const name = path.relative(workTree, file).split(path.sep).join('/');
  const format = commit.length === 64 ? 'sha256' : 'sha1';
  const entry = findIndexEntry(path.join(gitFolder, 'index'), name, format);
  if (!entry) return true;
  const stat = statSync(file);
  const seconds = Math.floor(stat.mtimeMs / 1000);
  return entry.size !== stat.size % 2 ** 32 || entry.modifiedSeconds !== seconds % 2 ** 32;
}

function readText(file: string): string | null {
  try {
    const stat = statSync(file);
    return stat.isFile() && stat.size <= MAXIMUM_BYTES ? readFileSync(file, 'utf8') : null;
  } catch {
    return null;
  }
}
