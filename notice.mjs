// Writes NOTICE: the licence of every package that the bundles contain, and of the runtime that is packaged beside them.
// usage: node notice.mjs   after a build
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = import.meta.dirname;
/** Packaged as they are, not bundled. */
const beside = ['onnxruntime-node', 'onnxruntime-common'];

function bundledPackages() {
  const folder = path.join(root, 'dist/meta');
  const inputs = readdirSync(folder).flatMap((file) =>
    Object.keys(JSON.parse(readFileSync(path.join(folder, file), 'utf8')).inputs),
  );
  const names = inputs.map((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]).filter(Boolean);
  return [...new Set([...names, ...beside])].sort();
}

function licenceText(folder) {
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(name));
  return file ? readFileSync(path.join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim() : '';
}

const sections = bundledPackages().map((name) => {
  const folder = path.join(root, 'node_modules', name);
  if (!existsSync(folder)) throw new Error(`${name} is bundled but not installed`);
  const { version, license, author } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const by = typeof author === 'string' ? author : author?.name;
  const text = licenceText(folder) || `Licensed under ${license}${by ? ` by ${by}` : ''}.`;
  return `${'-'.repeat(80)}\n${name} ${version} (${license})\n\n${text}\n`;
});
const head = 'Inference Profiler\n\nThis product contains the following packages, under their own licences.\n';
writeFileSync(path.join(root, 'NOTICE'), `${head}\n${sections.join('\n')}`);
