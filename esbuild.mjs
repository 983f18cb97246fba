// Builds every bundle into dist/ and writes their metafiles beside them: the architecture test reads those.
// usage: node esbuild.mjs [--watch] [--production]
import { build, context } from 'esbuild';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');
const common = { bundle: true, metafile: true, logLevel: 'warning', sourcemap: !production };
// Packages' modules before their CommonJS: a UMD package requires its parts in a way that no bundler sees.
const mainFields = ['module', 'main'];
const node = {
  ...common,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // Functions keep their names, for the stacks in the log: kept by esbuild's `keepNames` they cost 4 % of an `inspect`.
  minifyWhitespace: production,
  minifySyntax: production,
  mainFields,
};

// Node parses all of a bundle before any of it runs. The validators are half of a starting window's code, which needs
// none of them until it opens a report: each is a file of its own.
const validators = 'src/core/report/generated';
const withoutValidators = {
  name: 'without validators',
  setup: ({ onResolve }) => {
    onResolve({ filter: /\/generated\/validate\w+\.mjs$/, namespace: 'file' }, ({ path: file, kind }) =>
      kind === 'entry-point' ? null : { path: `./${path.basename(file, '.mjs')}.js`, external: true },
    );
  },
};

// What reads configs is loaded when the first one is met, with its parsers and its prices.
const hintsEngine = /\/configs\/engine\.js$/;
const withoutHints = {
  name: 'without hints',
  setup: ({ onResolve }) => {
    onResolve({ filter: hintsEngine }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './hints.js', external: true } : null,
    );
  },
};

// Whatever else a starting window imports where it is used is in one file for later.
const withoutLater = {
  name: 'without later parts',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.|^jsonc-parser$/ }, ({ kind, path: file }) =>
      kind === 'dynamic-import' && !hintsEngine.test(file) ? { path: './later.js', external: true } : null,
    );
  },
};

// One copy of the texts for all programs, as JSON: quicker to read than code.
const withoutTexts = {
  name: 'without texts',
  setup: ({ onResolve }) => {
    onResolve({ filter: /\/text\/catalogue\.js$|^\.\/catalogue\.js$/ }, () => ({ path: './texts.js', external: true }));
  },
};
// Grammars of languages that most configs are not written in: each file loads what it needs.
const grammars = /\/(code|terraform)\.js$/;
const withoutGrammars = {
  name: 'without grammars',
  setup: ({ onResolve }) => {
    onResolve({ filter: grammars }, ({ kind, path: file }) =>
      kind === 'dynamic-import' ? { path: file, external: true } : null,
    );
  },
};
// Of the commands, the one that is done sooner than the code of all the others is read; those are in one file for later.
const inspecting = /\/((commands|report|text)\/inspect|exportReport|json|outputFile)\.js$/;
const withoutCommands = {
  name: 'without commands',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\./ }, ({ kind, path: file }) =>
      kind === 'dynamic-import' && !inspecting.test(file) ? { path: './commands.js', external: true } : null,
    );
  },
};
// The grammars of two languages come with an editor, of which only their parsers are used.
const alias = { '@codemirror/language': './src/core/configs/tree/withoutEditor.ts' };
const program = { ...node, plugins: [withoutValidators, withoutTexts] };
const command = { ...node, plugins: [withoutValidators, withoutTexts, withoutHints] };
const starting = { ...node, plugins: [withoutValidators, withoutTexts, withoutHints, withoutLater] };

const bundles = {
  extension: { ...starting, entryPoints: ['src/extension/main.ts'], external: ['vscode'] },
  cli: {
    ...program,
    plugins: [...program.plugins, withoutCommands],
    entryPoints: ['src/cli/main.ts'],
    banner: { js: '#!/usr/bin/env node' },
  },
  commands: { ...command, entryPoints: ['src/cli/later.ts'] },
  validateReport: { ...node, entryPoints: [`${validators}/validateReport.mjs`] },
  validateWorkspaceFile: { ...node, entryPoints: [`${validators}/validateWorkspaceFile.mjs`] },
  later: { ...program, entryPoints: ['src/extension/later.ts'] },
  hints: { ...program, plugins: [...program.plugins, withoutGrammars], entryPoints: ['src/core/configs/engine.ts'] },
  code: { ...program, alias, entryPoints: ['src/core/configs/code.ts'] },
  terraform: { ...program, alias, entryPoints: ['src/core/configs/terraform.ts'] },
  worker: { ...program, entryPoints: ['src/worker/main.ts'], external: ['onnxruntime-node'] },
  session: { ...program, entryPoints: ['src/worker/sessionThread.ts'], external: ['onnxruntime-node'] },
  simulator: { ...program, entryPoints: ['src/core/cost/simulatorThread.ts'] },
  inspector: { ...program, entryPoints: ['src/worker/inspector.ts'] },
  page: {
    ...common,
    minify: production,
    entryPoints: ['webview/main.ts'],
    platform: 'browser',
    format: 'iife',
    target: 'chrome120',
    tsconfig: 'webview/tsconfig.json',
    loader: { '.ttf': 'dataurl' },
  },
};

// The catalogue for programs; and English to English, what VS Code looks texts up in and translators copy.
const writeTexts = async () => {
  const entryPoints = ['src/format/text/catalogue.ts'];
  const { outputFiles } = await build({ entryPoints, bundle: true, format: 'esm', write: false });
  const module = Buffer.from(outputFiles[0].contents).toString('base64');
  const { catalogue } = await import(`data:text/javascript;base64,${module}`);
  const texts = [...new Set(Object.values(catalogue))].sort().map((english) => [english, english]);
  const json = JSON.stringify(JSON.stringify(catalogue));
  writeFileSync('dist/texts.js', `"use strict";exports.catalogue=JSON.parse(${json});\n`);
  mkdirSync('media/l10n', { recursive: true });
  writeFileSync('media/l10n/bundle.l10n.json', `${JSON.stringify(Object.fromEntries(texts), null, 2)}\n`);
};

mkdirSync('dist/meta', { recursive: true });
await writeTexts();
await Promise.all(
  Object.entries(bundles).map(async ([name, options]) => {
    const settings = { ...options, outfile: `dist/${name}.js` };
    if (watch) return (await context(settings)).watch();
    const result = await build(settings);
    writeFileSync(`dist/meta/${name}.json`, JSON.stringify(result.metafile));
  }),
);
