// Makes the JSON schemas of media/ and the validators of src/core/report/generated/ from the types of src/protocol.
// usage: node schema.mjs [--check]     --check writes nothing and fails when a file is not current
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { buildSync } from 'esbuild';
import { format } from 'prettier';
import { createGenerator } from 'ts-json-schema-generator';

const root = import.meta.dirname;
const targets = [
  {
    type: 'Report',
    source: 'src/protocol/report.ts',
    schema: 'media/report.schema.json',
    validator: 'src/core/report/generated/validateReport',
    // Later engines may say more: their reports are still read.
    strict: false,
  },
  {
    type: 'WorkspaceFile',
    source: 'src/protocol/settings.ts',
    schema: 'media/inference-profiler.schema.json',
    validator: 'src/core/report/generated/validateWorkspaceFile',
    // An editor marks keys that are not known, and whoever reads the file is told of them all.
    strict: true,
  },
];

function schemaOf({ type, source }, additionalProperties) {
  const schema = createGenerator({
    path: path.join(root, source),
    tsconfig: path.join(root, 'tsconfig.json'),
    type,
    additionalProperties,
    topRef: false,
    jsDoc: 'extended',
    skipTypeCheck: true,
  }).createSchema(type);
  return { title: type, ...schema };
}

function validatorOf(schema, name, allErrors) {
  const ajv = new Ajv({ code: { source: true, esm: true }, allowUnionTypes: true, inlineRefs: false, allErrors });
  const code = standaloneCode(ajv, ajv.compile(schema));
  // Bundled, because ajv's runtime parts are CommonJS that it would have to be installed for.
  const { outputFiles } = buildSync({
    stdin: { contents: code, resolveDir: root, sourcefile: `${name}.mjs` },
    bundle: true,
    format: 'esm',
    platform: 'node',
    minify: true,
    write: false,
  });
  return outputFiles[0].text;
}

const declaration = `import type { ErrorObject } from 'ajv';

declare const validate: { (value: unknown): boolean; errors?: ErrorObject[] | null };
export default validate;
`;

const files = new Map();
for (const target of targets) {
  const schema = schemaOf(target, !target.strict);
  files.set(target.schema, await format(JSON.stringify(schema), { parser: 'json', printWidth: 120 }));
  files.set(`${target.validator}.mjs`, validatorOf(schema, target.type, target.strict));
  files.set(`${target.validator}.d.mts`, declaration);
}

const check = process.argv.includes('--check');
const current = (file) => {
  try {
    return readFileSync(path.join(root, file), 'utf8').replaceAll('\r\n', '\n');
  } catch {
    return null;
  }
};
const stale = [...files].filter(([file, content]) => current(file) !== content);
for (const [file, content] of check ? [] : stale) {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), content);
}
if (check && stale.length > 0) {
  console.error(`not current, run "npm run schema": ${stale.map(([file]) => file).join(', ')}`);
  process.exitCode = 1;
}
