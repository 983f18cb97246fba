import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toFailure } from '../../src/core/common/errors.js';
import { parseCsv } from '../../src/core/quantization/csv.js';
import { holdsProbabilities, LabelledSum } from '../../src/core/quantization/labelledAccuracy.js';
import { Labels } from '../../src/core/quantization/labels.js';
import type { TensorValue } from '../../src/core/runtime/port.js';
import { createText } from '../../src/format/text/text.js';

const sentence = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    return createText().message(toFailure(error).message);
  }
  return 'no error';
};
const parse = (text: string): Labels => Labels.parse(text, 'labels.csv');

describe('comma-separated values', () => {
  it('knows quotes, line ends, other separators and a byte order mark', () => {
    assert.deepEqual(parseCsv('\uFEFF"a ""b"", c";1\r\n\r\nd;2\re;3'), [
      { line: 1, cells: ['a "b", c', '1'] },
      { line: 3, cells: ['d', '2'] },
      { line: 4, cells: ['e', '3'] },
    ]);
  });

  it('counts lines inside quotes, and names the line of a quote that does not end', () => {
    assert.deepEqual(parseCsv('"a\nb",1\nc,2'), [
      { line: 1, cells: ['a\nb', '1'] },
      { line: 3, cells: ['c', '2'] },
    ]);
    assert.deepEqual(parseCsv('a,1\n"b,2\nc,3'), { line: 2, kind: 'openQuote' });
    assert.deepEqual(parseCsv('a,1\n"b"c,2'), { line: 2, kind: 'afterQuote' });
  });
});

describe('labels', () => {
  it('stand in the order of the samples, row by row of a batch', () => {
    const labels = parse('label\n3\n1\n2\n');
    assert.deepEqual(
      [labels.of(0, 2, undefined), labels.of(1, 2, undefined)],
      [
        [3, 1],
        [2, null],
      ],
    );
    labels.checkCount(3, 1);
    labels.checkCount(2, 2);
    assert.match(
      sentence(() => {
        labels.checkCount(4, 1);
      }),
      /labels\.csv has 3 labels for 4 samples/,
    );
  });

  it('are found by the name of a file, whatever its folder and with or without its extension', () => {
    const labels = parse('file,label\nC:\\photos\\cat.png,7\ndog,2\n');
    assert.deepEqual(labels.of(0, 2, ['cat.png', 'dog.jpg']), [7, 2]);
    assert.deepEqual(labels.of(0, 1, ['bird.png']), [null]);
  });

  it('take numbers for samples that are no files', () => {
    assert.deepEqual(parse('1,5\n0,4').of(1, 1, undefined), [5]);
  });

  it('say in one sentence which line is wrong', () => {
    assert.match(
      sentence(() => parse('file,label\na.png,1\nb.png,cat')),
      /^labels\.csv, line 3: “cat” is no class number/,
    );
    assert.match(
      sentence(() => parse('a.png,1\nb.png,2\na.png,3')),
      /^labels\.csv, line 3: a\.png has a label already, in line 1/,
    );
    assert.match(
      sentence(() => parse('a,b,1')),
      /line 1: which of the 3 columns/,
    );
    assert.match(
      sentence(() => parse('a.png,1\n,2')),
      /line 2: the name of a sample is missing/,
    );
    assert.match(
      sentence(() => parse('1\n-2')),
      /line 2: “-2” is no class number/,
    );
    assert.equal(
      sentence(() => parse('\n\n')),
      'labels.csv holds no labels.',
    );
    assert.equal(
      sentence(() => parse('label\n')),
      'labels.csv holds no labels.',
    );
  });
});

const rows = (values: number[], classes: number): TensorValue => ({
  dataType: 'float32',
  dims: [values.length / classes, classes],
  data: Float32Array.from(values),
});

describe('accuracy against labels', () => {
  it('counts what is right, and by how much confidence differs from it', () => {
    // Confidence 0.9 and right, 0.9 and wrong, 0.6 and right: two bins, |0.5 - 0.9| · 2/3 + |1 - 0.6| · 1/3.
    const output = rows([0.9, 0.1, 0.9, 0.1, 0.4, 0.6], 2);
    assert.ok(holdsProbabilities(output));
    const sum = new LabelledSum();
    sum.add(output, [0, 1, 1], true, 'a.csv');
    const found = sum.result();
    assert.ok(found);
    assert.equal(found.items, 3);
    assert.ok(Math.abs(found.accuracy - 2 / 3) < 1e-9);
    assert.ok(Math.abs(found.expectedCalibrationError - 0.4) < 1e-6, String(found.expectedCalibrationError));
  });

  it('makes probabilities of scores, and leaves out what has no label', () => {
    const output = rows([Math.log(3), 0, 5, 5], 2);
    assert.ok(!holdsProbabilities(output));
    const sum = new LabelledSum();
    sum.add(output, [0, null], false, 'a.csv');
    // 3 : 1 is a confidence of 0.75.
    assert.ok(Math.abs((sum.result()?.expectedCalibrationError ?? 0) - 0.25) < 1e-6);
    assert.equal(sum.result()?.items, 1);
  });

  it('names a class that the output does not have', () => {
    assert.match(
      sentence(() => {
        new LabelledSum().add(rows([0.5, 0.5], 2), [2], true, 'a.csv');
      }),
      /a\.csv: class 2 does not exist, the output has 2/,
    );
  });
});
