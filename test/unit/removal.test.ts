import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { removal } from '../../src/core/configs/hints/removal.js';

function without(source: string, field: string): string | null {
  const start = source.indexOf(field);
  const edit = removal(source, { start, end: start + field.length });
  return edit && source.slice(0, edit.range.start) + edit.text + source.slice(edit.range.end);
}

describe('taking a field out', () => {
  it('takes its line, or itself and one comma', () => {
    assert.equal(without('a:\n  n: 3\n  m: 4\n', 'n: 3'), 'a:\n  m: 4\n');
    assert.equal(without('m: 4\nn: 3', 'n: 3'), 'm: 4\n');
    assert.equal(without('{ n: 3, m: 4 }', 'n: 3'), '{ m: 4 }');
    assert.equal(without('{ m: 4, n: 3 }', 'n: 3'), '{ m: 4 }');
    assert.equal(without('{ n: 3 }', 'n: 3'), '{  }');
    assert.equal(without('{\n  "n": 3,\n  "m": 4\n}', '"n": 3'), '{\n  "m": 4\n}');
    assert.equal(without('{\n  "m": 4,\n  "n": 3\n}', '"n": 3'), '{\n  "m": 4\n}');
  });

  it('leaves alone what others may rest on', () => {
    for (const field of ['n: &x 3', 'n: *x']) assert.equal(without(`${field}\nm: 4\n`, field), null);
    assert.equal(without('- n: 3\n  m: 4\n', 'n: 3'), null);
  });
});
