import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inputsOf, withPreprocessing } from '../../src/core/configs/sharedInputs.js';
import { inOrder, readNumbers, readSize, USUAL_VALUES } from '../../src/extension/session/preprocessingChoices.js';

describe('answers about images', () => {
  it('are one number or three', () => {
    assert.equal(readNumbers('127.5'), 127.5);
    assert.deepEqual(readNumbers('1, 2.5,-3'), [1, 2.5, -3]);
    for (const wrong of ['', '1,2', '1,2,3,4', 'x', '1,,2', 'Infinity']) assert.equal(readNumbers(wrong), null, wrong);
  });

  it('are an edge, two edges or nothing', () => {
    assert.equal(readSize('256'), 256);
    assert.deepEqual(readSize('48 x 192'), [48, 192]);
    assert.equal(readSize(' '), undefined);
    for (const wrong of ['0', '1.5', '1,2,3', '4,0', 'x']) assert.equal(readSize(wrong), null, wrong);
  });

  it('follow the order of the colours', () => {
    const { mean, scale } = inOrder(USUAL_VALUES.imageNet, 'BGR');
    assert.ok(Array.isArray(mean) && Math.abs(mean[0] - 0.406 * 255) < 1e-9);
    assert.ok(Array.isArray(scale) && Math.abs(scale[2] - 1 / (0.229 * 255)) < 1e-9);
    assert.deepEqual(inOrder(USUAL_VALUES.signed, 'BGR'), USUAL_VALUES.signed);
  });
});

describe('inputs of the workspace file', () => {
  it('feed one input, or all of them, and bring what is said of images', () => {
    const settings = { inputs: { '*': '/w/photos', x: '/w/x.npy' }, preprocessing: { mean: 1, order: 'BGR' as const } };
    const requests = inputsOf(settings);
    assert.deepEqual(requests, [
      { name: null, path: '/w/photos' },
      { name: 'x', path: '/w/x.npy' },
    ]);
    const picked = { name: null, path: '/p', preprocessing: { mean: 2 } };
    assert.deepEqual(withPreprocessing([picked], settings), [{ ...picked, preprocessing: { mean: 2, order: 'BGR' } }]);
  });
});
