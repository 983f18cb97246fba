/** Starts a real VS Code server with its own user data and extensions, and ends the whole process group again. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { installVSCode } from './installVSCode.js';

export interface VSCodeOptions {
  folder: string;
  vsix?: string[];
  settings?: Record<string, unknown>;
  env?: Record<string, string>;
  /** false: the editor asks whether the folder is trusted, as it does outside of tests. */
  trusted?: boolean;
}

export interface VSCodeServer {
  port: number;
  /** The workbench on `folder`; `payload` as the web workbench takes it. */
  url(payload?: readonly (readonly [string, string])[]): string;
  serverLog(): string;
  /** What the extension logged so far: this VS Code cannot write logs of its own, for want of a native part. */
  extensionLog(): string;
  stop(): Promise<void>;
}

/** An editor that shows nothing but what we test. */
const QUIET_SETTINGS: Record<string, unknown> = {
  'workbench.startupEditor': 'none',
  'security.workspace.trust.enabled': false,
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'workbench.reduceMotion': 'on',
  // In a modal settings editor F1 does nothing.
  'workbench.editor.useModal': 'off',
  'git.enabled': false,
  'files.autoSave': 'off',
  'editor.hover.delay': 100,
};

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address) resolve(address.port);
        else reject(new Error('no port'));
      });
    });
    server.on('error', reject);
  });
}

function environment(extra: Record<string, string>): NodeJS.ProcessEnv {
  const entries = Object.entries({ ...process.env, ...extra });
  return Object.fromEntries(entries.filter(([name]) => !/^(VSCODE_|ELECTRON_)/.test(name)));
}

async function waitUntilHealthy(port: number, child: ChildProcess, log: string): Promise<void> {
  const end = Date.now() + 30_000;
  for (;;) {
    if (child.exitCode !== null || Date.now() > end) {
      throw new Error(`VS Code did not start: ${readFileSync(log, 'utf8').slice(-2000)}`);
    }
    try {
      await fetch(`http://127.0.0.1:${port}/healthz`);
      return;
    } catch {
      await delay(50);
    }
  }
}

export async function startVSCode(options: VSCodeOptions): Promise<VSCodeServer> {
  const { node, entry } = installVSCode();
  const home = mkdtempSync(path.join(tmpdir(), 'vscode-test-'));
  const userData = path.join(home, 'user-data');
  mkdirSync(path.join(userData, 'User'), { recursive: true });
  mkdirSync(path.join(home, 'extensions'));
  const asking = { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' };
  const settings = { ...QUIET_SETTINGS, ...(options.trusted === false ? asking : {}), ...options.settings };
  writeFileSync(path.join(userData, 'User', 'settings.json'), JSON.stringify(settings));
  const ownLog = path.join(home, 'extension.log');
  const env = environment({
    XDG_DATA_HOME: path.join(home, 'data'),
    INFERENCE_PROFILER_LOG_FILE: ownLog,
    ...options.env,
  });
  const places = ['--user-data-dir', userData, '--extensions-dir', path.join(home, 'extensions')];
  const common = [entry, '--config', path.join(home, 'config.yaml'), ...places];
  for (const vsix of options.vsix ?? []) {
    const installed = spawnSync(node, [...common, '--install-extension', vsix], { env, encoding: 'utf8' });
    if (installed.status !== 0) throw new Error(`${vsix} was not installed: ${installed.stdout}${installed.stderr}`);
  }

  const port = await freePort();
  const log = path.join(home, 'server.log');
  const output = openSync(log, 'a');
  const quiet = [
    '--disable-telemetry',
    '--disable-update-check',
    ...(options.trusted === false ? [] : ['--disable-workspace-trust']),
    '--disable-getting-started-override',
  ];
  // A group of its own: the entry forks the server, and that the extension host.
  const child = spawn(node, [...common, '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, ...quiet], {
    stdio: ['ignore', output, output],
    env,
    detached: true,
  });
  const kill = (signal: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // Gone already.
    }
  };
  const onExit = (): void => {
    kill('SIGKILL');
  };
  process.once('exit', onExit);
  // A test run that is ended from outside takes its editor with it.
  const onSignal = (): void => process.exit(143);
  process.once('SIGTERM', onSignal);
  await waitUntilHealthy(port, child, log);

  return {
    port,
    url: (payload) => {
      const url = new URL(`http://127.0.0.1:${port}/`);
      url.searchParams.set('folder', options.folder);
      if (payload) url.searchParams.set('payload', JSON.stringify(payload));
      return url.href;
    },
    serverLog: () => readFileSync(log, 'utf8'),
    extensionLog: () => (existsSync(ownLog) ? readFileSync(ownLog, 'utf8') : ''),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = new Promise((resolve) => child.once('exit', resolve));
        kill('SIGTERM');
        const late = setTimeout(() => {
          kill('SIGKILL');
        }, 3000);
        await gone;
        clearTimeout(late);
      }
      kill('SIGKILL');
      process.off('exit', onExit);
      process.off('SIGTERM', onSignal);
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
