import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { LinePositions } from '../../src/core/configs/engine.js';
import type { Located, TextRange } from '../../src/core/configs/tree/node.js';
import { parseProperties } from '../../src/core/configs/tree/properties.js';
import { flagAt, shellWords } from '../../src/core/configs/tree/words.js';
import { parseYaml } from '../../src/core/configs/tree/yaml.js';
import { readConfigs } from './support/languages.js';

const written = (text: string, range: TextRange | undefined): string =>
  range ? text.slice(range.start, range.end) : '(nothing)';

function onlyConfig(text: string, file = 'a.yaml') {
  const { configs } = readConfigs(text, file);
  assert.equal(configs.length, 1);
  return configs[0]!;
}

const deployment = (lines: string[]): string =>
  ['apiVersion: apps/v1', 'kind: Deployment', 'metadata: { name: "größe 🚀" } # 索引', ...lines].join('\n');

describe('places of values', () => {
  const text = deployment([
    'spec:',
    '  replicas: 12\t# tab behind',
    "  template: { spec: { containers: [ { name: 'é' } ] } }",
  ]);

  it('are those of the file with line feeds, carriage returns and both', () => {
    for (const lineEnd of ['\n', '\r\n']) {
      const source = text.replaceAll('\n', lineEnd);
      const { count } = onlyConfig(source);
      assert.equal(count?.value, 12);
      assert.equal(written(source, count.range), '12');
      assert.equal(written(source, count.field), 'replicas: 12');
      assert.deepEqual(new LinePositions(source).at(count.range.start), { line: 4, character: 12 });
    }
  });

  it('are of the alias where a value comes from an anchor, and of the anchor where a map was merged', () => {
    const source = deployment([
      'x: &n 3',
      'y: &limits { memory: 64Mi }',
      'spec:',
      '  replicas: *n',
      '  template: { spec: { containers: [ { resources: { limits: { <<: *limits, cpu: 1 } } } ] } }',
    ]);
    const { count, memoryLimitBytes, cpuLimit } = onlyConfig(source);
    assert.equal(count?.value, 3);
    assert.equal(written(source, count.range), '*n');
    assert.equal(memoryLimitBytes?.value, 64 * 2 ** 20);
    assert.equal(new LinePositions(source).at(memoryLimitBytes.range.start).line, 4);
    assert.equal(written(source, cpuLimit?.field), 'cpu: 1');
  });

  it('are those of the whole stream in every document', () => {
    const source = ['---', text, '...', '---', '# only a comment', '---', text.replace('12', '7'), ''].join('\n');
    const counts = readConfigs(source, 'a.yaml').configs.map(({ count }) => count);
    assert.deepEqual(
      counts.map((count) => written(source, count?.range)),
      ['12', '7'],
    );
  });

  it('are told for quoted, folded and tagged scalars with their quotes, without anchor and tag', () => {
    const source = deployment([
      'spec:',
      '  replicas: !!int "4"',
      '  template:',
      '    spec:',
      '      nodeSelector:',
      '        "node.kubernetes.io/instance-type": &m "c7a\\x2elarge"',
    ]);
    const { count, instance } = onlyConfig(source);
    assert.equal(count?.value, 4);
    assert.equal(written(source, count.range), '"4"');
    assert.equal(instance?.value, 'c7a.large');
    assert.equal(written(source, instance.range), '"c7a\\x2elarge"');
  });

  it('are of the words inside a string that holds a command', () => {
    const source = [
      'services:',
      '  llm:',
      '    image: vllm/vllm-openai',
      '    command: |',
      '      --model a/b \\',
      "      --max-num-seqs=32 --dtype 'float16'",
    ].join('\r\n');
    const config = onlyConfig(source);
    assert.equal(config.batch?.value, 32);
    assert.equal(written(source, config.batch.range), '32');
    assert.equal(written(source, config.otherRuntimes[0]?.range), "'float16'");
  });

  it('are of the lines of a value that goes on with backslashes', () => {
    const source = 'a=1\r\nmodels={\\\r\n  "m": {"1.0": {\\\r\n    "batchSize": 16\\\r\n }}}\r\nb : x\r\n';
    const root = parseProperties(source);
    const version = root.entries[1]?.value.entries[0]?.value.entries[0]?.value;
    assert.equal(written(source, version?.entries[0]?.value.range), '16');
    assert.equal(written(source, root.entries[2]?.range), 'b : x');
  });
});

describe('what is not literal', () => {
  it('gives no value, and does not move what stands behind it', () => {
    const source = deployment([
      '{{- if .Values.on }}',
      'spec:',
      '  replicas: {{ .Values.count }}',
      '  {{- toYaml .Values.strategy | nindent 2 }}',
      '  template: { spec: { nodeSelector: { node.kubernetes.io/instance-type: c7a.{{ .Values.size }} } } }',
      '{{- end }}',
      'data: { x: "{{ .Values.x }}", y: 5 }',
    ]);
    const config = onlyConfig(source);
    assert.equal(config.count, null);
    assert.equal(config.countOpen, true);
    assert.equal(config.instance, null);
    const [document] = parseYaml(source).documents;
    const data = document?.read()?.entries.find(({ key }) => key === 'data');
    assert.ok(data);
    assert.equal(data.value.entries[0]?.value.value, null);
    assert.equal(written(source, data.value.entries[1]?.value.range), '5');
  });

  it('never ends in an endless walk: anchors that hold themselves, deep nesting, many aliases', () => {
    const bomb = ['a: &a [x, x]', 'b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]'];
    for (const [name, before] of ['c', 'd', 'e', 'f', 'g'].map((letter, at) => [letter, 'bcdef'[at] ?? ''] as const))
      bomb.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`);
    const sources = [
      deployment(['spec: &s', '  template: { spec: *s }', '  replicas: 2']),
      deployment([`deep: ${'['.repeat(3000)}`, 'spec: { replicas: 1 }']),
      deployment([...bomb, 'spec: { template: { spec: { containers: [ { env: *g } ] } } }']),
    ];
    for (const source of sources) assert.ok(readConfigs(source, 'a.yaml').configs.length <= 1);
  });
});

describe('words of a shell', () => {
  const flag = (text: string, ...names: string[]): Located<string> | null => flagAt(shellWords(text, 10), ...names);

  it('end where the shell ends them', () => {
    const text = `a 'b c'"d" \\\n e\\ f # g\n h;i`;
    assert.deepEqual(
      shellWords(text).map(({ value }) => value),
      ['a', 'b cd', 'e f', 'h', 'i'],
    );
  });

  it('give a flag its value with its place, joined or apart', () => {
    for (const text of ['x --n 5 y', 'x --n=5 y']) {
      const found = flag(text, '--n', '-n');
      assert.equal(found?.value, '5');
      assert.equal(text.slice(found.range.start - 10, found.range.end - 10), '5');
    }
    assert.equal(flag('x --n --m 5', '--n'), null);
  });
});
