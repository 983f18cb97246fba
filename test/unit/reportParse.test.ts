import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { migrate } from '../../src/core/report/migrate.js';
import { parseReport } from '../../src/core/report/parse.js';
import { writeJson } from '../../src/core/report/json.js';
import { parseWorkspaceFile } from '../../src/core/report/workspaceFile.js';
import type { Message } from '../../src/protocol/text.js';
import { toFailure } from '../../src/core/common/errors.js';
import { createText } from '../../src/format/text/text.js';
import { encoder } from '../models/transformer.js';
import { staticReport } from './reportFixture.js';

const report = staticReport(encoder());
const english = createText();

function failure(run: () => unknown): Message & { sentence: string } {
  try {
    run();
  } catch (error) {
    const { kind, reason, message } = toFailure(error);
    assert.deepEqual([kind, reason], ['expected', 'input'], String(error));
    return { ...message, sentence: english.message(message) };
  }
  throw new assert.AssertionError({ message: 'accepted' });
}

/** The report's text with one value replaced. */
function changed(change: (copy: Record<string, unknown>) => void): string {
  const copy = JSON.parse(JSON.stringify(report)) as Record<string, unknown>;
  change(copy);
  return JSON.stringify(copy);
}

describe('parseReport', () => {
  it('gives back what was written, schema version first', () => {
    const text = writeJson(report);
    assert.ok(text.startsWith('{"schemaVersion":1,'));
    assert.deepEqual(parseReport(text), report);
    assert.deepEqual(parseReport(`\uFEFF${text}`), report);
  });

  it('takes what a later engine of the same version adds', () => {
    const text = changed((copy) => {
      copy['later'] = { more: 1 };
    });
    assert.equal(parseReport(text).reportId, report.reportId);
  });

  it('refuses a newer version in words', () => {
    const { code, sentence } = failure(() => parseReport('{"schemaVersion":2}'));
    assert.equal(code, 'report.parse.newer');
    assert.match(sentence, /version 2, and this version .* reads up to 1\. Update/);
  });

  it('says where a report is damaged', () => {
    const damages: [RegExp, (copy: Record<string, unknown>) => void][] = [
      [/damaged: status must be one of static, partial/, (copy) => (copy['status'] = 'done')],
      [
        /damaged: model\.fileBytes must be number/,
        (copy) => ((copy['model'] as { fileBytes: unknown }).fileBytes = '1'),
      ],
      [/damaged: \(top\) lacks “tensors”/, (copy) => Reflect.deleteProperty(copy, 'tensors')],
      [
        /damaged: scenarios\[0\] lacks “run”/,
        (copy) => Reflect.deleteProperty((copy['scenarios'] as object[])[0]!, 'run'),
      ],
    ];
    for (const [expected, change] of damages)
      assert.match(failure(() => parseReport(changed(change))).sentence, expected);
  });

  it('refuses what is no report', () => {
    assert.equal(failure(() => parseReport('not json')).code, 'report.parse.notJson');
    for (const text of [
      '[]',
      'null',
      '"x"',
      '{}',
      '{"schemaVersion":0}',
      '{"schemaVersion":"1"}',
      '{"schemaVersion":1.5}',
    ])
      assert.equal(failure(() => parseReport(text)).code, 'report.parse.notAReport', text);
  });
});

describe('migrate', () => {
  const migrations = new Map<number, (old: Record<string, unknown>) => Record<string, unknown>>([
    [1, (old) => ({ ...old, b: Number(old['a']) + 1 })],
    [2, (old) => ({ ...old, c: Number(old['b']) * 10 })],
  ]);

  it('goes a version at a time', () => {
    assert.deepEqual(migrate({ schemaVersion: 1, a: 1 }, migrations, 3), { schemaVersion: 3, a: 1, b: 2, c: 20 });
    assert.deepEqual(migrate({ schemaVersion: 2, b: 5 }, migrations, 3), { schemaVersion: 3, b: 5, c: 50 });
  });
});

describe('parseWorkspaceFile', () => {
  it('takes comments, trailing commas and keys of later versions', () => {
    const text = '{ // shared\n "models": { "a/*.onnx": { "dimensions": { "n": 4, }, }, }, "serving": {} }';
    assert.equal(parseWorkspaceFile(text, 'x.json').models?.['a/*.onnx']?.dimensions?.['n'], 4);
  });

  it('says of each key that it does not know where it stands, and complains of it last', () => {
    const unknown: string[] = [];
    const text =
      '{\n  "pipelines": [{ "outsideMs": 3, "name": "p", "steps": [{ "model": "m.onnx" }] }],\n  "baselin": "a.json"\n}';
    const file = parseWorkspaceFile(text, 'x.json', (message) => unknown.push(english.message(message)));
    assert.equal(file.pipelines?.[0]?.name, 'p');
    assert.deepEqual(unknown, [
      'x.json:2:19: “outsideMs” is not a setting and has no effect.',
      'x.json:3:3: “baselin” is not a setting and has no effect.',
    ]);
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`key${index}`, index]));
    let heard = 0;
    parseWorkspaceFile(JSON.stringify(many), 'x.json', () => heard++);
    assert.equal(heard, 20);
    const wrong = failure(() => parseWorkspaceFile('{ "serving": { "price": 1 }, "models": 5 }', 'x.json'));
    assert.equal(wrong.sentence, 'x.json:1:40: models must be object.');
  });

  it('names file, line and column of what is wrong', () => {
    const sentence = (text: string): string => failure(() => parseWorkspaceFile(text, 'x.json')).sentence;
    assert.equal(
      sentence('{\n  "models": {\n    "m.onnx": { "dimensions": { "0": "four" } }\n  }\n}'),
      'x.json:3:38: models.m.onnx.dimensions[0] must be number.',
    );
    assert.equal(sentence('{\n  "models": 5\n}'), 'x.json:2:13: models must be object.');
    assert.equal(sentence('{ "models": '), 'x.json:1:13 is not JSON: value expected.');
    assert.match(sentence(''), /^x\.json:1:1 is not JSON/);
  });
});
