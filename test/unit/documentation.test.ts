import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import { documentationOf } from '../../src/core/model/documentation.js';
import { createText } from '../../src/format/text/text.js';
import { completeness, MEASURE_IDS, measureRows, provenance } from '../../src/format/views/provenance.js';
import { indexScenario } from '../../src/format/views/scenarioIndex.js';
import type { Report } from '../../src/protocol/report.js';
import { withInputHashes } from '../../src/worker/inputHashes.js';
import { buildReport } from '../webview/reportFixture.js';

const folder = mkdtempSync(path.join(tmpdir(), 'documentation-'));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});
const CARD = `---
license: apache-2.0
datasets:
- imagenet-1k
- coco
pipeline_tag: object-detection
---
# Detector

## Model description

Finds <b>text</b> in images.
Second line.

## Authors
`;

const facts = (path: string, metadata: Record<string, string> = {}, docString = ''): Record<string, unknown> =>
  Object.fromEntries(
    documentationOf({ path, metadata, docString }).map(({ topic, value, source }) => [topic, value && [value, source]]),
  );

describe('what a model says of itself', () => {
  it('comes from its metadata first, then from a card beside it, and names what is missing', () => {
    writeFileSync(path.join(folder, 'README.md'), CARD);
    assert.deepEqual(facts(path.join(folder, 'det.onnx'), { Author: 'A. Person', license: 'MIT' }), {
      licence: ['MIT', 'metadata:license'],
      author: ['A. Person', 'metadata:Author'],
      dataSet: ['imagenet-1k, coco', 'README.md'],
      description: ['Finds <b>text</b> in images. Second line.', 'README.md'],
      intendedUse: ['object-detection', 'README.md'],
    });
  });

  it('is missing where nobody says it, and survives cards of any kind', () => {
    const none = { licence: null, author: null, dataSet: null, description: null, intendedUse: null };
    assert.deepEqual(facts(''), none);
    for (const card of ['---\nlicense', '\0'.repeat(5000), '---\n---\n', `# ${'x'.repeat(100_000)}`]) {
      writeFileSync(path.join(folder, 'README.md'), card);
      assert.deepEqual(facts(path.join(folder, 'det.onnx')), none);
    }
    assert.deepEqual(facts('', {}, 'A document string')['description'], ['A document string', 'docString']);
  });
});

describe('how the figures were obtained', () => {
  const text = createText();
  const rowsOf = (report: Report): Record<string, string | null> => {
    const index = indexScenario(report, null);
    assert.ok(index);
    return Object.fromEntries(provenance(index, text).flatMap(({ rows }) => rows.map((row) => [row.label, row.value])));
  };

  it('has command, seed, versions and hashes, and null for what is missing', () => {
    const report = structuredClone(buildReport({ kernels: 4 }));
    report.model.documentation = [{ topic: 'author', value: 'A. Person', source: 'README.md' }];
    const rows = rowsOf(report);
    assert.equal(rows['Command'], report.scenarios[0]?.run.command);
    assert.equal(rows['Seed'], String(report.scenarios[0]?.run.seed));
    assert.equal(rows['SHA-256'], report.model.contentSha256);
    assert.equal(rows['Author'], 'A. Person (from README.md)');
    assert.equal(rows['Training data'], null);
    const { known, total } = completeness(provenance(indexScenario(report, null)!, text));
    assert.ok(known > 8 && known < total);
  });

  it('has the hash of the file that fed an input', async () => {
    const file = path.join(folder, 'x.npy');
    writeFileSync(file, 'hello');
    const report = structuredClone(buildReport({ kernels: 4 }));
    report.scenarios[0]!.inputs = [
      { name: 'x', dataType: 'float32', shape: [1], source: 'file:x.npy' },
      { name: 'y', dataType: 'float32', shape: [1], source: 'synthetic:uniform01' },
      { name: 'z', dataType: 'float32', shape: [1], source: 'file:x.npy' },
    ];
    const hashed = await withInputHashes(
      report,
      [
        { name: 'x', path: file },
        { name: null, path: folder },
      ],
      null,
    );
    const sha256 = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';
    assert.deepEqual(
      hashed.scenarios[0]?.inputs.map((input) => input.sha256),
      [sha256, undefined, sha256],
    );
    assert.match(rowsOf(hashed)['x'] ?? '', new RegExp(`x\\.npy, float32 1, SHA-256 ${sha256}`));
  });

  it('says for each subcategory of Measure what is covered; adversarial robustness and poisoning are not', () => {
    const rows = measureRows(text);
    assert.equal(rows.length, 22);
    assert.deepEqual(new Set(rows.map(({ id }) => id)), new Set(MEASURE_IDS));
    assert.ok(rows.every(({ asks, here }) => asks.length > 20 && here.length > 10));
    const security = rows.find(({ id }) => id === '2.7');
    assert.ok(security);
    assert.equal(security.covered, false);
    assert.match(security.here, /^Adversarial robustness, data poisoning/);
    // A column of its own says that.
    for (const { here } of rows) assert.doesNotMatch(here, /^not covered/i);
  });
});
