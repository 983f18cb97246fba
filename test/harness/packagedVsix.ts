/** The package that users install, made once from the bundles as they are. */

import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const modifiedMs = (file: string): number => (existsSync(file) ? statSync(file).mtimeMs : 0);

export function packagedVsix(): string {
  const vsix = path.join(root, `out/inference-profiler-${process.platform}-${process.arch}.vsix`);
  const sources = ['dist/extension.js', 'dist/hints.js', 'dist/worker.js', 'dist/page.js', 'package.json', 'README.md'];
  if (sources.some((source) => modifiedMs(path.join(root, source)) >= modifiedMs(vsix)))
    execFileSync(process.execPath, ['package.mjs'], { cwd: root, stdio: 'inherit' });
  return vsix;
}
