import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';

/** The part of esbuild's metafile that tells who imports what. */
interface Metafile {
  inputs: Record<string, { imports: { path: string; external?: boolean }[] }>;
}

const root = path.resolve(import.meta.dirname, '../..');
const bundles = [
  'extension',
  'later',
  'cli',
  'commands',
  'validateReport',
  'validateWorkspaceFile',
  'hints',
  'code',
  'terraform',
  'worker',
  'session',
  'simulator',
  'inspector',
  'page',
] as const;
type Bundle = (typeof bundles)[number];

/** Folders and packages that must not be found in a bundle: what it never needs, or must not be able to do. */
const forbidden: Record<Bundle, RegExp[]> = {
  extension: [/^src\/worker\//, /^src\/cli\//, /^webview\//, /^onnxruntime-/],
  later: [/^src\/(?!core\/|format\/|extension\/later\.ts)/, /^vscode$/, /^onnxruntime-/],
  cli: [/^src\/worker\//, /^src\/extension\//, /^webview\//, /^onnxruntime-/, /^vscode$/],
  commands: [/^src\/worker\//, /^src\/extension\//, /^webview\//, /^onnxruntime-/, /^vscode$/],
  validateReport: [/^src\/(?!core\/report\/generated\/)/, /^node:/],
  validateWorkspaceFile: [/^src\/(?!core\/report\/generated\/)/, /^node:/],
  hints: [
    /^src\/(?!core\/|format\/)/,
    /^vscode$/,
    /^onnxruntime-/,
    /^@codemirror\//,
    /\/@codemirror\//,
    /\/@lezer\/(?!common|lr|yaml|highlight)/,
  ],
  code: [/^src\/(?!core\/configs\/)/, /^vscode$/, /^node:/],
  terraform: [/^src\/(?!core\/configs\/)/, /^vscode$/, /^node:/],
  worker: [/^src\/runner\//, /^src\/extension\//, /^src\/cli\//, /^src\/store\//, /^vscode$/],
  session: [/^src\/(?!worker\/|core\/|format\/)/, /^vscode$/],
  simulator: [/^src\/(?!core\/|format\/)/, /^onnxruntime-/, /^vscode$/],
  inspector: [/^src\/runner\//, /^src\/extension\//, /^src\/cli\//, /^onnxruntime-/, /^vscode$/],
  page: [/^src\/(?!format\/)/, /^node:/, /^vscode$/, /^onnxruntime-/],
};

/** Only these rooms may import the package, in whatever bundle. */
const onlyImporters: Record<string, RegExp> = {
  vscode: /^src\/extension\//,
  'onnxruntime-node': /^src\/worker\//,
  child_process: /^src\/runner\//,
};

const withoutScheme = (name: string): string => name.replace(/^node:/, '');

function read(bundle: Bundle): Metafile {
  return JSON.parse(readFileSync(path.join(root, 'dist/meta', `${bundle}.json`), 'utf8')) as Metafile;
}

/** What a file imports where it is used, without what is elsewhere. */
function importedLater(file: string, elsewhere: RegExp): string[] {
  const names = [...readFileSync(path.join(root, file), 'utf8').matchAll(/\bimport\('([^':]+)'\)/g)];
  return names
    .map(([, name = '']) => name)
    .filter((name) => !elsewhere.test(name))
    .map((name) =>
      name.startsWith('.')
        ? path.posix.join(path.posix.dirname(file), name).replace(/\.js$/, '.ts')
        : `node_modules/${name}/`,
    );
}

describe('the house', () => {
  before(() => {
    execFileSync(process.execPath, ['esbuild.mjs'], { cwd: root });
  });

  for (const bundle of bundles) {
    it(`keeps out of the ${bundle} bundle what does not belong there`, () => {
      const { inputs } = read(bundle);
      const names = Object.entries(inputs).flatMap(([file, { imports }]) => [
        file,
        ...imports.filter(({ external }) => external).map((imported) => imported.path),
      ]);
      const strays = names.filter((name) => forbidden[bundle].some((pattern) => pattern.test(name)));
      assert.deepEqual([...new Set(strays)], []);
    });
  }

  const split = [
    { bundle: 'extension', rest: 'later', entry: 'src/extension/later.ts', elsewhere: /\/configs\/engine\.js$/ },
    {
      bundle: 'cli',
      rest: 'commands',
      entry: 'src/cli/later.ts',
      elsewhere: /\/((commands|report|text)\/inspect|exportReport|json|outputFile)\.js$/,
    },
  ] as const;
  for (const { bundle, rest, entry, elsewhere } of split) {
    it(`keeps for later every module that the ${bundle} bundle imports where it is used`, () => {
      const later = read(rest).inputs[entry]?.imports.map((imported) => imported.path) ?? [];
      const wanted = Object.keys(read(bundle).inputs).flatMap((file) => importedLater(file, elsewhere));
      assert.ok(wanted.length > 10);
      assert.deepEqual(
        wanted.filter((module) => !later.some((kept) => kept.startsWith(module))),
        [],
      );
    });
  }

  it('lets only one room import vscode, onnxruntime-node and child processes', () => {
    const strays: string[] = [];
    for (const bundle of bundles) {
      for (const [file, { imports }] of Object.entries(read(bundle).inputs)) {
        if (!file.startsWith('src/') && !file.startsWith('webview/')) continue;
        for (const imported of imports) {
          const importer = onlyImporters[withoutScheme(imported.path)];
          if (imported.external && importer && !importer.test(file)) strays.push(`${file} imports ${imported.path}`);
        }
      }
    }
    assert.deepEqual([...new Set(strays)], []);
  });

  it('has no folder in src/protocol that ends up as code', () => {
    for (const bundle of bundles) {
      const code = Object.keys(read(bundle).inputs).filter((file) => file.startsWith('src/protocol/'));
      assert.deepEqual(code, [], bundle);
    }
  });

  it('names every bundled package in NOTICE', () => {
    const notice = readFileSync(path.join(root, 'NOTICE'), 'utf8');
    const files = bundles.flatMap((bundle) => Object.keys(read(bundle).inputs));
    const packages = files.map((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? '');
    const missing = [...new Set(packages)].filter((name) => name && !notice.includes(`\n${name} `));
    assert.deepEqual(missing, []);
  });

  it('keeps src/core free of anything but itself, the protocol and the formatters', () => {
    const strays: string[] = [];
    for (const bundle of bundles) {
      for (const [file, { imports }] of Object.entries(read(bundle).inputs)) {
        if (!file.startsWith('src/core/')) continue;
        for (const imported of imports) {
          if (/^src\/(?!core\/|format\/|protocol\/)/.test(imported.path))
            strays.push(`${file} imports ${imported.path}`);
        }
      }
    }
    assert.deepEqual([...new Set(strays)], []);
  });
});
