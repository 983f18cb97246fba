import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';

import { Ajv } from 'ajv';

import { fixture } from '../models/index.js';
import { writeNpz } from '../worker/quantizeSamples.js';
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
    assert.match(printed, /float, as it is/);
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

  it('judges by samples and labels, looks for what to prune, and sets other models beside it', () => {
    const samples = path.join(folder, 'samples.npz');
    writeNpz({ name: 'image', shape: [1, 3, 32, 32] }, 8, samples);
    const labels = path.join(folder, 'labels.csv');
    writeFileSync(labels, `label\n${'0\n'.repeat(8)}`);
    const others = path.join(folder, 'others');
    mkdirSync(others);
    copyFileSync(fixture('cnn'), path.join(others, 'student.onnx'));
    copyFileSync(fixture('matMul1'), path.join(others, 'stranger.onnx'));
    const words = ['quantize', fixture('cnn'), '--method', 'staticInt8', '--budget', '0.2', '--store', store];
    const asked = ['--input-dir', samples, '--labels', labels, '--pruning', '--alternatives', `${others}/*.onnx`];
    const { code, out, err } = run([...words, ...asked]);
    assert.equal(code, 0, err);
    assert.match(out, /Right: against 4 labels of labels\.csv/);
    assert.match(out, /\d of 4 +\d+ % → \d+ %/);
    assert.match(out, /^Pruning$/m);
    assert.match(out, /Time only: accuracy after pruning is unknown/);
    assert.match(out, /^Other models$/m);
    assert.match(out, /student\.onnx .* 1\.0000 +8 of 8/);
    assert.match(out, /stranger\.onnx: has other inputs or outputs/);

    writeFileSync(labels, 'label\n0\ncat\n');
    const wrong = run([...words, ...asked]);
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /labels\.csv, line 3: “cat” is no class number/);
    const none = run([...words, '--alternatives', path.join(folder, 'none*.onnx')]);
    assert.equal(none.code, 2);
    assert.match(none.err, /no model file is there/);
  });

  it('names a method that there is none of', () => {
    const { code, err } = run(['quantize', fixture('cnn'), '--method', 'int3', '--store', store]);
    assert.equal(code, 2);
    assert.match(err, /--method needs one of .*“int3” is not one/);
  });
});
