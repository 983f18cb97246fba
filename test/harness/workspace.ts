import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { realModels } from '../models/index.js';

/**
 * A workspace as people have it: models in a folder, one ignored by git, a Git LFS pointer, a file that is none, a
 * dependency folder that must be left out.
 */
export function makeSampleWorkspace(folder: string): string {
  const write = (name: string, content: string): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  };
  mkdirSync(path.join(folder, 'models'), { recursive: true });
  for (const [name, file] of Object.entries(realModels))
    copyFileSync(file, path.join(folder, 'models', `${name}.onnx`));
  write('.gitignore', 'models/\n');
  write('README.md', '# Sample\n');
  write('notes.onnx', 'These are notes, not a model.\n');
  write('large.onnx', `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 104857600\n`);
  mkdirSync(path.join(folder, 'node_modules/dependency'), { recursive: true });
  copyFileSync(realModels.cls, path.join(folder, 'node_modules/dependency/hidden.onnx'));
  return folder;
}
