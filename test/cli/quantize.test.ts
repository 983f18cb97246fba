import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';

import { Ajv } from 'ajv';

import { fixture } from '../models/index.js';
import { build, reportOf, root, run, workFolder } from './command.js';

const folder = workFolder();
const store = path.join(folder, 'store');
before(build);

const schema = JSON.parse(readFileSync(path.join(root, 'media/report.schema.json'), 'utf8')) as object;
const validate = new Ajv({ allowUnionTypes: true }).compile(schema);

describe('quantize', () => {
  it('prints a verdict, the plans and the layers, and writes a model', () => {
    const out = path.join(folder, 'cnn.int8.onnx');
    const words = ['quantize', fixture('cnn'), '--threads', '1', '--budget', '0.3', '--store', store, '--out', out];
    const { code, out: printed, err } = run(words);
    assert.equal(code, 0, err);
    assert.match(printed, /Accuracy unknown: synthetic inputs/);
    assert.match(printed, /^Plans$/m);
    assert.match(printed, /static int8 /);
    assert.match(printed, /\/stem\/Conv/);
    assert.ok(existsSync(out));
    const again = run(words);
    assert.equal(again.code, 2);
    assert.match(again.err, /already there/);
  });

  it('gives a report that the schema accepts', () => {
    const words = [
      'quantize',
      fixture('cnn'),
      '--method',
      'staticInt8',
      '--budget',
      '0.2',
      '--store',
      store,
      '--json',
      '-',
    ];
    const report = reportOf(run(words));
    assert.ok(validate(report), JSON.stringify(validate.errors));
    const [section] = report.quantization;
    assert.ok(section);
    assert.equal(section.plans.length, 1);
    assert.equal(section.recommended, null);
  });

  it('names a method that there is none of', () => {
    const { code, err } = run(['quantize', fixture('cnn'), '--method', 'int3', '--store', store]);
    assert.equal(code, 2);
    assert.match(err, /no quantization method/);
  });
});
