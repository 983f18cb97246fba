/**
 * Files as a commit has them, through the user's git: by argument lists, without filters, hooks or anything else that a
 * repository's own configuration could start, and without the network.
 */

import { createWriteStream } from 'node:fs';
import { copyFile, mkdir, open, realpath, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

import { ExpectedError } from '../core/common/errors.js';

const QUESTION_TIMEOUT_MS = 15_000;
const LARGEST_POINTER_BYTES = 1024;
const COMMIT = /^(?:HEAD|[0-9a-f]{7,64})$/;

/** Whatever a repository may have configured to be started by a plain question is switched off. */
const SAFE = ['--no-pager', '--no-replace-objects', '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];

function environment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^GIT_/i.test(name));
  return {
    ...Object.fromEntries(inherited),
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    // A partial clone would fetch what is missing.
    GIT_NO_LAZY_FETCH: '1',
    // Or Windows looks for git.exe in the current folder first.
    NoDefaultCurrentDirectoryInExePath: '1',
  };
}

export interface FileAtCommit {
  commit: string;
}

/**
 * Writes `file` as `commit` ('HEAD' or a hash) has it to `target`; what Git LFS keeps is taken from its objects on this
 * machine.
 *
 * @throws ExpectedError (input): no git, no repository, not in that commit, or not fetched.
 */
export async function fileAtCommit(file: string, commit: string, target: string): Promise<FileAtCommit> {
  if (!COMMIT.test(commit)) throw new ExpectedError('input', 'compare.git.commit', { commit: commit.slice(0, 80) });
  const real = await realpath(file).catch(() => path.resolve(file));
  const folder = path.dirname(real);
  const hash = await ask(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}^{commit}`], file);
  const prefix = await ask(folder, ['rev-parse', '--show-prefix'], file);
  const object = `${hash}:${prefix}${path.basename(real)}`;
  await mkdir(path.dirname(target), { recursive: true });
  try {
    await writeObject(folder, object, target);
    await resolvePointer(folder, file, target);
  } catch (error) {
    await rm(target, { force: true });
    if (error instanceof ExpectedError) throw error;
    throw new ExpectedError('input', 'compare.git.missing', { file, commit: hash.slice(0, 10) }, { cause: error });
  }
  return { commit: hash };
}

/** One line of answer. */
async function ask(folder: string, words: readonly string[], file: string): Promise<string> {
  const [{ execFile }, { promisify }] = await Promise.all([import('node:child_process'), import('node:util')]);
  try {
    const { stdout } = await promisify(execFile)('git', [...SAFE, '-C', folder, ...words], {
      env: environment(),
      cwd: path.dirname(process.execPath),
      timeout: QUESTION_TIMEOUT_MS,
      windowsHide: true,
    });
    return stdout.replace(/\r?\n$/, '');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'compare.git.none' : 'compare.git.noRepository';
    throw new ExpectedError('input', code, { file }, { cause: error });
  }
}

/** Streamed: a model may be larger than memory. The object as it is, through no filter. */
async function writeObject(folder: string, object: string, target: string): Promise<void> {
  const { spawn } = await import('node:child_process');
  const child = spawn('git', [...SAFE, '-C', folder, 'cat-file', 'blob', object], {
    env: environment(),
    cwd: path.dirname(process.execPath),
    stdio: ['ignore', 'pipe', 'ignore'],
    windowsHide: true,
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  try {
    const [code] = await Promise.all([ended, pipeline(child.stdout, createWriteStream(target, { flags: 'wx' }))]);
    if (code !== 0) throw new Error(`git cat-file ended with ${code}`);
  } finally {
    child.kill();
  }
}

/** What stands in git may be a few lines that name the object of Git LFS. */
async function resolvePointer(folder: string, file: string, target: string): Promise<void> {
  const { size } = await stat(target);
  if (size > LARGEST_POINTER_BYTES) return;
  const handle = await open(target, 'r');
  const text = await handle.readFile('utf8').finally(() => handle.close());
  if (!text.startsWith('version https://git-lfs.github.com/spec/')) return;
  const oid = /^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1];
  const bytes = Number(/^size (\d{1,15})$/m.exec(text)?.[1]);
  const common = await ask(folder, ['rev-parse', '--git-common-dir'], file);
  const object =
    oid && path.join(path.resolve(folder, common), 'lfs', 'objects', oid.slice(0, 2), oid.slice(2, 4), oid);
  const found = object ? await stat(object).catch(() => null) : null;
  if (!object || found?.size !== bytes) throw new ExpectedError('input', 'compare.git.lfs', { file });
  await rm(target);
  await copyFile(object, target);
}

/**
 * A model as `commit` has it, with the files that hold its weights, below `folder`; the model's path there.
 * `externalPaths` reads from the extracted model which those are, relative to it.
 */
export async function modelAtCommit(
  modelPath: string,
  commit: string,
  folder: string,
  externalPaths: (model: string) => Promise<readonly string[]>,
): Promise<{ path: string; commit: string }> {
  const target = path.join(folder, path.basename(modelPath));
  const { commit: hash } = await fileAtCommit(modelPath, commit, target);
  const beside = path.dirname(await realpath(modelPath).catch(() => path.resolve(modelPath)));
  for (const relative of new Set(await externalPaths(target))) {
    const place = path.resolve(folder, relative);
    // The reader has refused such paths already; this one is written to.
    if (path.isAbsolute(relative) || !place.startsWith(path.resolve(folder) + path.sep))
      throw new ExpectedError('input', 'compare.git.missing', { file: relative, commit: hash.slice(0, 10) });
    await fileAtCommit(path.join(beside, relative), hash, place);
  }
  return { path: target, commit: hash };
}
