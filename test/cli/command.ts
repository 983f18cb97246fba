/** The built command, as a user calls it. */

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';

import type { Report } from '../../src/protocol/report.js';

export const root = path.resolve(import.meta.dirname, '../..');
export const cli = path.join(root, 'dist', 'cli.js');

export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Once a process: the bundles of this checkout. */
export function build(): void {
  const { status, stderr } = spawnSync(process.execPath, ['esbuild.mjs'], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`build failed: ${stderr}`);
  if (!existsSync(cli) || Date.now() - statSync(cli).mtimeMs > 600_000) throw new Error('the build made no command');
}

/** A folder that is gone after the tests; reports are kept in its `store`. */
export function workFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'cli-'));
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

export function run(words: readonly string[], cwd = root): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...words], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    timeout: 300_000,
  });
  return { code: status, out: stdout, err: stderr };
}

/** Calls back with what stands on standard error so far; may signal the process. */
export function runWatched(
  words: readonly string[],
  onError: (text: string, signal: (name: NodeJS.Signals) => void) => void,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...words], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
      onError(err, (name) => child.kill(name));
    });
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, out, err });
    });
  });
}

/** What a call with `--json -` printed; throws when anything else stood beside it. */
export const reportOf = (ended: Ended): Report => JSON.parse(ended.out) as Report;
