import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';

import { parser } from '@lezer/yaml';

import type { ConfigNode } from '../../src/core/configs/tree/node.js';
import { readPlain } from '../../src/core/configs/tree/plainYaml.js';
import { parseYaml } from '../../src/core/configs/tree/yaml.js';
import { readDocument } from '../../src/core/configs/tree/yamlDocument.js';

const folder = path.resolve(import.meta.dirname, '../fixtures/configs');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.ya?ml$/.test(name))
  .sort()
  .map((name) => readFileSync(path.join(folder, name), 'utf8'));

/** Where a map or a list begins is a matter of taste: the grammar takes the blanks before its first key to it. */
const flat = (node: ConfigNode | null): unknown =>
  node && {
    kind: node.kind,
    start: node.kind === 'scalar' ? node.range.start : null,
    end: node.range.end,
    value: node.value,
    entries: node.entries.map(({ key, range, value }) => ({ key, range, value: flat(value) })),
    items: node.items.map(flat),
  };

const byGrammar = (text: string): unknown => {
  const document = parser.parse(text).topNode.getChild('Document');
  return flat(document && readDocument(document.cursor(), text));
};

/** Whether it was plain. */
function agrees(text: string): boolean {
  const node = readPlain(text, { start: 0, end: text.length }, null);
  if (!node) return false;
  assert.deepEqual(flat(node), byGrammar(text), JSON.stringify(text));
  return true;
}

const documentsOf = (text: string): string[] =>
  text
    .split(/^---.*\n/m)
    .map((document) => document.replaceAll(/\t|\{\{[^}]*\}\}/g, ' '))
    .filter((document) => document.trim() !== '');

describe('YAML read without its grammar', () => {
  it('is nearly all that people write', () => {
    const all = files.flatMap(documentsOf);
    const plain = all.filter(agrees);
    assert.ok(plain.length > 0.8 * all.length, `${plain.length} of ${all.length}`);
  });

  it('is what the grammar reads, with every construct', () => {
    const plain = [
      'a: 1\nb:\n  c: x # said\n  # more\n\n# end\n',
      'a:\n- x\n-  y: 1\n   z: 2\n-\n- - q\n  - r\nb: {x: 1, "y": [ a b, 2 ], z: }\n',
      'a: |\n  # x\n\n   y\n\nb: >-\n  t\n\n\nc: 1',
      'a: \'it\'\'s\'\r\nb: "\\""\r\n"c" : d:e # f\r\n',
      '- a: |\n    x\n  b: [{ c: http://a:80/?b#c }]\n-   - -1\n    - x#y\n',
      'a: []\nb: {}\nc:\nd:\n  e:\n',
    ];
    for (const text of plain) assert.ok(agrees(text), text);
  });

  it('leaves to the grammar what it does not know', () => {
    const others = [
      'a: &x 1\n',
      'a: *x\n',
      'a: !!int 1\n',
      'a: x\n  y\n',
      'a: "x\n  y"\n',
      'a: {b: 1,\n c: 2}\n',
      'a: b: c\n',
      'a: |2\n   x\n',
      'a: |\nb: 1\n',
      '? a\n: b\n',
      'repl\n',
      'a: 1\nrepl\n',
      'a:\n    b: 1\n  c: 2\n',
      '<<: { a: 1 }\n',
      '~: 1\n',
      'a: { b, c: 1 }\n',
      'a: [ b: 1 ]\n',
      'a: "b" c\n',
      'a: [b] c\n',
      'a: @b\n',
      'a: - b\n',
    ];
    for (const text of others) assert.equal(readPlain(text, { start: 0, end: text.length }, null), null, text);
  });

  it('never differs from it, whatever is cut, doubled, moved or typed anywhere', () => {
    const pieces = [
      ' ',
      '\n',
      ':',
      ': ',
      '- ',
      '#',
      ' #',
      '"',
      "'",
      '{',
      '}',
      '[',
      ']',
      ',',
      '&a',
      '*a',
      '|',
      '|\n',
      '>',
      '!',
      '?',
      '\\',
      '~',
      'x',
      '  x: y\n',
      '\r\n',
      '%',
      '@',
      '<<: ',
    ];
    let seed = 7;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    let plain = 0;
    for (const document of files.flatMap(documentsOf)) {
      const text = document.slice(0, 700);
      for (let round = 0; round < 40; round += 1) {
        const at = random(text.length);
        const cut = random(3) === 0 ? random(12) : 0;
        const edited = text.slice(0, at) + pieces[random(pieces.length)]! + text.slice(at + cut);
        if (!/\t|^---|^\.\.\.|^%|\r(?!\n)/m.test(edited) && agrees(edited)) plain += 1;
      }
    }
    assert.ok(plain > 200, `${plain} were plain`);
  });

  it('takes the grammar for one item alone, in its place', () => {
    const text = 'kind: List\nitems:\n  - a: 1\n  - b: !!int "2"\n    c\n  - d: 3\n';
    const items = parseYaml(text).documents[0]?.read()?.entries[1]?.value.items ?? [];
    const written = items.map((item) => item.entries.map(({ range }) => text.slice(range.start, range.end)));
    assert.deepEqual(written[0], ['a: 1']);
    assert.equal(written[1]?.[0], 'b: !!int "2"');
    assert.deepEqual(written[2], ['d: 3']);
  });
});
