// Builds every bundle into dist/ and writes their metafiles beside them: the architecture test reads those.
// usage: node esbuild.mjs [--watch] [--production]
import { build, context } from 'esbuild';
import { mkdirSync, writeFileSync } from 'node:fs';

const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');
const common = { bundle: true, metafile: true, logLevel: 'warning', sourcemap: !production, minify: production };
// Packages' modules before their CommonJS: a UMD package requires its parts in a way that no bundler sees.
const mainFields = ['module', 'main'];
const node = { ...common, platform: 'node', format: 'cjs', target: 'node20', keepNames: true, mainFields };

const bundles = {
  extension: { ...node, entryPoints: ['src/extension/main.ts'], external: ['vscode'] },
  cli: { ...node, entryPoints: ['src/cli/main.ts'], banner: { js: '#!/usr/bin/env node' } },
  worker: { ...node, entryPoints: ['src/worker/main.ts'], external: ['onnxruntime-node'] },
  inspector: { ...node, entryPoints: ['src/worker/inspector.ts'] },
  page: {
    ...common,
    entryPoints: ['webview/main.ts'],
    platform: 'browser',
    format: 'iife',
    target: 'chrome120',
    tsconfig: 'webview/tsconfig.json',
    loader: { '.ttf': 'dataurl' },
  },
};

mkdirSync('dist/meta', { recursive: true });
await Promise.all(
  Object.entries(bundles).map(async ([name, options]) => {
    const settings = { ...options, outfile: `dist/${name}.js` };
    if (watch) return (await context(settings)).watch();
    const result = await build(settings);
    writeFileSync(`dist/meta/${name}.json`, JSON.stringify(result.metafile));
  }),
);
