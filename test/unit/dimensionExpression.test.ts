import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { evaluate, namesOf, parseExpression } from '../../src/core/model/dimensionExpression.js';

const values = new Map([
  ['past_sequence_length', 128],
  ['sequence_length', 1],
  ['h', 7],
  ['n', 3],
  ['batch_size', 2],
  ['num_heads', 12],
  ['s0', 9],
]);

function solve(text: string): number | null {
  const expression = parseExpression(text);
  assert.ok(expression, `${text} is arithmetic`);
  return evaluate(expression, (name) => values.get(name) ?? null);
}

describe('dimension expressions', () => {
  for (const [text, expected] of [
    ['past_sequence_length + sequence_length', 129],
    ['2*n', 6],
    ['floor(h/2)', 3],
    ['ceil(h / 2)', 4],
    ['h/2', 3],
    ['batch_size * num_heads', 24],
    ['s0//2 + 1', 5],
    ['Max(1, s0 - 20)', 1],
    ['2 + 3*n - 1', 10],
    ['(2 + 3)*n', 15],
    ['10 - 3 - 2', 5],
    ['-n + 10', 7],
    ['s0 % 4', 1],
  ] as const)
    it(`${text} is ${expected}`, () => {
      assert.equal(solve(text), expected);
    });

  for (const text of ['batch_size', 'p2o.DynamicDimension.0', '2 +', 'a b', 'eval(n)', '(n', 'n)', '', 'x:0', 'n**2 $'])
    it(`“${text}” is a name or nothing`, () => {
      assert.equal(parseExpression(text), null);
    });

  it('has no value without the values of its names, nor when it is not finite', () => {
    assert.equal(solve('unknown + 1'), null);
    assert.equal(solve('n / 0'), null);
  });

  it('refuses to be nested without end', () => {
    assert.equal(parseExpression(`${'('.repeat(100)}n+1${')'.repeat(100)}`), null);
    assert.equal(parseExpression(`n + ${'n + '.repeat(100)}1`), null);
  });

  it('lists each name once', () => {
    const expression = parseExpression('n * (n + h)');
    assert.ok(expression);
    assert.deepEqual(namesOf(expression), ['n', 'h']);
  });
});
