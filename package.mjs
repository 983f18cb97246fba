// Packages the extension for one platform, with that platform's runtime binaries alone: vsce's --target filters nothing.
// usage: node package.mjs [TARGET ...]     TARGET: linux-x64 linux-arm64 win32-x64 win32-arm64 darwin-arm64; this machine's without one
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const root = import.meta.dirname;
const vsce = path.join(path.dirname(createRequire(import.meta.url).resolve('@vscode/vsce/package.json')), 'vsce');
const targets = process.argv.length > 2 ? process.argv.slice(2) : [`${process.platform}-${process.arch}`];

const run = (file, ...args) => {
  const result = spawnSync(process.execPath, [file, ...args], { cwd: root, stdio: 'inherit' });
  if (result.status !== 0) process.exit(result.status ?? 1);
};

run('esbuild.mjs', '--production');
run('notice.mjs');
mkdirSync(path.join(root, 'out'), { recursive: true });
for (const target of targets) {
  const binaries = `node_modules/onnxruntime-node/bin/napi-v6/${target.replace('-', '/')}`;
  if (!existsSync(path.join(root, binaries))) {
    console.error(`onnxruntime-node has no binaries for ${target}`);
    process.exit(2);
  }
  // The CUDA and TensorRT libraries come with a download that we switch off; were they there, they would not belong in.
  const ignore = `${readFileSync(path.join(root, '.vscodeignore'), 'utf8')}!${binaries}/**\n${binaries}/*providers*\n`;
  const ignoreFile = path.join(root, 'out', `${target}.vscodeignore`);
  writeFileSync(ignoreFile, ignore);
  const vsix = path.join(root, 'out', `inference-profiler-${target}.vsix`);
  run(
    vsce,
    'package',
    '--target',
    target,
    '--ignoreFile',
    ignoreFile,
    '--out',
    vsix,
    '--allow-missing-repository',
    '--skip-license',
    '--no-rewrite-relative-links',
  );
  console.log(`${vsix}: ${(statSync(vsix).size / 2 ** 20).toFixed(2)} MiB`);
}
