import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { blocks } from '../../src/core/quantization/calibrate.js';
import { fitsOpset } from '../../src/core/quantization/rewrite/rewrite.js';
import { Histogram, parametersOf } from '../../src/core/quantization/ranges.js';
import { quantizeBlocks, quantizeSymmetric, roundToEven } from '../../src/core/quantization/weights.js';
import { convModel, gemmModel, matMulModel, rewritten, textOf } from './quantizationGraph.js';

describe('the graph after rewriting', () => {
  it('Conv + Relu, static: conversions around both, weights and bias by channel', () => {
    assert.deepEqual(textOf(rewritten(convModel(), 'staticInt8')), [
      'x_quantized = QuantizeLinear(x, x_scale, x_zero_point)',
      'x_dequantized = DequantizeLinear(x_quantized, x_scale, x_zero_point)',
      'w_dequantized = DequantizeLinear(w_quantized, w_scale, w_zero_point) axis=0',
      'b_dequantized = DequantizeLinear(b_quantized, b_scale) axis=0',
      'c = Conv(x_dequantized, w_dequantized, b_dequantized)',
      'r = Relu(c)',
      'r_quantized = QuantizeLinear(r, r_scale, r_zero_point)',
      'r_dequantized = DequantizeLinear(r_quantized, r_scale, r_zero_point)',
      'y = Add(r_dequantized, r_dequantized)',
      'r_scale: type 1 [] 0.01',
      'r_zero_point: type 2 [] 0',
      'x_scale: type 1 [] 0.01',
      'x_zero_point: type 2 [] 0',
      // 1 and -2 over 127 levels; the bias 0.5 over 0.01 · 1 / 127.
      'w_quantized: type 3 [2,1,1,1] 127 -127',
      'w_scale: type 1 [2] 0.007874 0.01575',
      'w_zero_point: type 3 [2] 0 0',
      'b_quantized: type 6 [2] 6350 0',
      'b_scale: type 1 [2] 0.00007874 0.0001575',
    ]);
  });

  it('operator set 11, per tensor: the contrib domain, one scale', () => {
    const model = rewritten(convModel(11), 'staticInt8PerTensor');
    assert.deepEqual(model.opsets, [
      { domain: '', version: 11 },
      { domain: 'com.microsoft', version: 1 },
    ]);
    const lines = textOf(model);
    assert.ok(lines.includes('w_dequantized = com.microsoft.DequantizeLinear(w_quantized, w_scale, w_zero_point)'));
    assert.ok(lines.includes('w_quantized: type 3 [2,1,1,1] 64 -127'));
    assert.ok(lines.includes('b_quantized: type 6 [2] 3175 0'));
  });

  it('signed activations are symmetric, reduced weights keep to 63', () => {
    const signed = textOf(rewritten(convModel(), 'staticInt8Signed'));
    assert.ok(signed.includes('x_zero_point: type 3 [] 0') && signed.includes('x_scale: type 1 [] 0.02008'));
    assert.ok(textOf(rewritten(convModel(), 'staticInt8Reduced')).includes('w_quantized: type 3 [2,1,1,1] 63 -63'));
  });

  it('with what stands around: the Add too, and the output keeps its name', () => {
    const lines = textOf(rewritten(convModel(), 'staticInt8Around'));
    assert.deepEqual(lines.slice(8, 11), [
      'y_float = Add(r_dequantized, r_dequantized)',
      'y_quantized = QuantizeLinear(y_float, y_scale, y_zero_point)',
      'y = DequantizeLinear(y_quantized, y_scale, y_zero_point)',
    ]);
  });

  it('Gemm, static: its channels by transB, its output in float', () => {
    const lines = textOf(rewritten(gemmModel(), 'staticInt8'));
    assert.equal(lines[4], 'y = Gemm(x_dequantized, w_dequantized, b_dequantized) transB=1');
    assert.ok(lines.includes('w_quantized: type 3 [3,2] 64 127 95 -127 106 127'));
  });

  it('MatMul and Gemm, dynamic: integer products, scales by column, the bias added after', () => {
    assert.deepEqual(textOf(rewritten(matMulModel(), 'dynamicInt8')), [
      'x_quantized, x_scale, x_zero_point = DynamicQuantizeLinear(x)',
      'y_integer = MatMulInteger(x_quantized, w_quantized, x_zero_point, w_zero_point)',
      'y_float = Cast(y_integer) to=1',
      'y_output_scale = Mul(x_scale, w_scale)',
      'y = Mul(y_float, y_output_scale)',
      'w_quantized: type 3 [2,2] 42 64 127 -127',
      'w_scale: type 1 [2] 0.02362 0.0315',
      'w_zero_point: type 3 [2] 0 0',
    ]);
    const gemm = textOf(rewritten(gemmModel(), 'dynamicInt8'));
    assert.equal(gemm[5], 'y = Add(y_product, b)');
    assert.ok(gemm.includes('w_quantized: type 3 [2,3] 64 95 106 127 -127 127'));
  });

  it('weights in blocks', () => {
    assert.deepEqual(textOf(rewritten(gemmModel(), 'weightOnly4Block32')), [
      'y_product = com.microsoft.MatMulNBits(x, w_quantized, w_scale) K=2 N=3 bits=4 block_size=32 accuracy_level=4',
      'y = Add(y_product, b)',
      'b: type 1 [3] 1 2 3',
      'w_quantized: type 2 [3,1,16] 48 values',
      'w_scale: type 1 [3] -0.25 0.5 -0.75',
    ]);
  });
});

describe('numbers', () => {
  it('rounds ties to even', () => {
    assert.deepEqual([0.5, 1.5, 2.5, -0.5, -1.5, -2.5].map(roundToEven).map(Math.abs), [0, 2, 2, 0, 2, 2]);
  });

  it('packs four bits, the first value low, zeros at the zero point', () => {
    // The largest, 2, falls on level 0 by its negative scale; 1 on 4; padding on 8.
    const { packed, scales } = quantizeBlocks(Float32Array.of(1, 2), 1, 2, { bits: 4, blockSize: 32 });
    assert.deepEqual([...scales], [-0.25]);
    assert.deepEqual([packed[0], packed[1], packed.length], [4, 0x88, 16]);
  });

  it('gives a channel of zeros a scale, and no value beyond the range', () => {
    const { values, scales } = quantizeSymmetric(Float32Array.of(0, 0, 3, -3), [2, 2], 0, false);
    assert.deepEqual([...values], [0, 0, 127, -127]);
    assert.equal(scales[0], 1);
  });

  it('keeps zero exact in every range', () => {
    assert.deepEqual(parametersOf({ min: -1, max: 4.1 }, 'uint8').zeroPoint, 50);
    assert.equal(parametersOf({ min: 2, max: 5.1 }, 'uint8').zeroPoint, 0);
  });

  it('clips a lone outlier by percentile and by entropy, and not by extremes', () => {
    const histogram = new Histogram({ min: 0, max: 100 });
    histogram.add(Float32Array.from({ length: 100_000 }, (_, index) => (index % 1000) / 100));
    histogram.add([100]);
    assert.equal(histogram.clipped('minMax').max, 100);
    assert.ok(histogram.clipped('percentile').max < 11);
    assert.ok(histogram.clipped('entropy').max < 60);
  });

  it('holds no more activations at once than were allowed', () => {
    const shapes = new Map([
      ['a', [10]],
      ['b', [10]],
      ['c', [100]],
    ]);
    assert.deepEqual(blocks(['a', 'b', 'c'], shapes, 80), [['a', 'b'], ['c']]);
  });

  it('knows which operator set has what', () => {
    assert.deepEqual(
      [9, 10, 11].map((opset) => [fitsOpset('staticInt8', opset), fitsOpset('dynamicInt8', opset)]),
      [
        [false, false],
        [true, false],
        [true, true],
      ],
    );
  });
});
