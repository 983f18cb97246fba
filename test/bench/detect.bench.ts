import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { findModelFiles, scanFolder } from '../../src/core/model/scan.js';
import { realModels } from '../models/index.js';
import type { Benchmark } from './bench.js';

const FOLDERS = 250;
const FILES_EACH = 40;
const ROUNDS = 3;

/** 10,000 files as a repository has them, with a few models among them and a folder of dependencies beside them. */
function makeTree(root: string): void {
  for (let folder = 0; folder < FOLDERS; folder++) {
    const place = path.join(root, folder % 5 === 0 ? 'node_modules' : 'source', `part${folder % 25}`, `${folder}`);
    mkdirSync(place, { recursive: true });
    for (let file = 0; file < FILES_EACH; file++)
      writeFileSync(path.join(place, `file${file}.${['ts', 'py', 'json', 'png'][file % 4]!}`), `${file}\n`);
  }
  const models = path.join(root, 'models');
  mkdirSync(models);
  for (const [name, file] of Object.entries(realModels)) copyFileSync(file, path.join(models, `${name}.onnx`));
}

/** Time of one search by name, and the longest that it kept the event loop from everything else. */
async function search(root: string): Promise<{ found: number; searchMs: number; blockedMs: number }> {
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  await delay(20);
  loop.reset();
  const start = performance.now();
  let found = 0;
  for await (const file of findModelFiles(root, {})) if (file) found++;
  const searchMs = performance.now() - start;
  await delay(5);
  loop.disable();
  return { found, searchMs, blockedMs: loop.max / 1e6 };
}

const benchmark: Benchmark = {
  name: 'search: 10,000 files, six of them models',
  run: async () => {
    const root = mkdtempSync(path.join(tmpdir(), 'bench-'));
    try {
      makeTree(root);
      const rounds: Awaited<ReturnType<typeof search>>[] = [];
      for (let round = 0; round < ROUNDS; round++) rounds.push(await search(root));
      const least = (read: (round: (typeof rounds)[number]) => number): number => Math.min(...rounds.map(read));
      const start = performance.now();
      let profilable = 0;
      for await (const model of scanFolder(root, { render: ({ code }) => code })) if (model.profilable) profilable++;
      const readMs = performance.now() - start;
      return [
        { what: 'files found', value: least(({ found }) => found), unit: '', bar: { atLeast: 6 } },
        { what: 'search', value: least(({ searchMs }) => searchMs), unit: 'ms', bar: { atMost: 300 } },
        {
          what: 'event loop held at most',
          value: least(({ blockedMs }) => blockedMs),
          unit: 'ms',
          bar: { atMost: 20 },
        },
        { what: 'models read', value: profilable, unit: '', bar: { atLeast: 6 } },
        { what: 'search and reading', value: readMs, unit: 'ms', bar: { atMost: 1000 } },
      ];
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
};

export default benchmark;
