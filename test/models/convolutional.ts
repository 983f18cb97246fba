import type { ModelGraph } from '../../src/core/model/graph.js';
import { float, GraphBuilder, type WeightsKind } from './builder.js';

interface ConvOptions {
  kernel?: number;
  stride?: number;
  groups?: number;
  bias?: boolean;
}

/** Conv with padding that keeps the size at stride 1. */
export function conv(
  b: GraphBuilder,
  input: string,
  from: number,
  to: number,
  { kernel = 3, stride = 1, groups = 1, bias = false }: ConvOptions = {},
): string {
  const pad = Math.floor(kernel / 2);
  const inputs = [input, b.weight([to, from / groups, kernel, kernel])];
  if (bias) inputs.push(b.weight([to], { scale: 0.01 }));
  return b.add('Conv', inputs, {
    attributes: {
      dilations: [1, 1],
      group: groups,
      kernel_shape: [kernel, kernel],
      pads: [pad, pad, pad, pad],
      strides: [stride, stride],
    },
  });
}

export function batchNormalization(b: GraphBuilder, input: string, channels: number): string {
  const parameters = [
    b.filled([channels], 1),
    b.weight([channels], { scale: 0.05 }),
    b.weight([channels], { scale: 0.05 }),
    b.filled([channels], 1),
  ];
  return b.add('BatchNormalization', [input, ...parameters], { attributes: { epsilon: float(1e-5) } });
}

function convNormalized(b: GraphBuilder, input: string, from: number, to: number, options: ConvOptions = {}): string {
  return batchNormalization(b, conv(b, input, from, to, options), to);
}

function within<T>(b: GraphBuilder, prefix: string, write: () => T): T {
  const outer = b.prefix;
  b.prefix = outer + prefix;
  const result = write();
  b.prefix = outer;
  return result;
}

/** Three Conv + BatchNormalization + Relu, a residual connection, a classifier. */
export function cnn(options: { weights?: WeightsKind } = {}): ModelGraph {
  const b = new GraphBuilder({ seed: 11, ...options });
  let x = b.input('image', ['batch', 3, 32, 32]);
  b.prefix = '/stem/';
  x = b.add('Relu', [convNormalized(b, x, 3, 16)]);
  x = b.add('MaxPool', [x], { attributes: { kernel_shape: [2, 2], strides: [2, 2] } });
  b.prefix = '/block/';
  const shortcut = x;
  x = b.add('Relu', [convNormalized(b, x, 16, 16)]);
  x = b.add('Relu', [b.add('Add', [convNormalized(b, x, 16, 16), shortcut])]);
  b.prefix = '/head/';
  classify(b, x, 16, 10);
  return b.model();
}

function classify(b: GraphBuilder, features: string, channels: number, classes: number, softmax = true): void {
  const pooled = b.add('Flatten', [b.add('GlobalAveragePool', [features])], { attributes: { axis: 1 } });
  const inputs = [pooled, b.weight([classes, channels], { fanIn: channels }), b.weight([classes], { scale: 0.01 })];
  const name = softmax ? 'probabilities' : 'logits';
  if (softmax) {
    const logits = b.add('Gemm', inputs, { attributes: { transB: 1 } });
    b.add('Softmax', [logits], { outputs: [name], attributes: { axis: -1 } });
  } else {
    b.add('Gemm', inputs, { outputs: [name], attributes: { transB: 1 } });
  }
  b.output(name, ['batch', classes]);
}

/** ResNet with basic blocks; ResNet-18's structure at a quarter of its width. */
export function resNet18Like(): ModelGraph {
  const b = new GraphBuilder({ seed: 18 });
  let x = b.input('input', ['batch', 3, 64, 64]);
  b.prefix = '/conv1/';
  x = b.add('Relu', [convNormalized(b, x, 3, 16, { kernel: 7, stride: 2 })]);
  x = maxPool(b, x);
  let channels = 16;
  for (const [stage, width] of [16, 32, 64, 128].entries()) {
    for (let block = 0; block < 2; block++) {
      const stride = block === 0 && stage > 0 ? 2 : 1;
      const from = channels;
      const input = x;
      x = within(b, `/layer${stage + 1}/layer${stage + 1}.${block}/`, () => basicBlock(b, input, from, width, stride));
      channels = width;
    }
  }
  b.prefix = '/fc/';
  classify(b, x, channels, 100, false);
  return b.model();
}

function maxPool(b: GraphBuilder, input: string): string {
  return b.add('MaxPool', [input], { attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2] } });
}

function basicBlock(b: GraphBuilder, input: string, from: number, to: number, stride: number): string {
  const first = b.add('Relu', [convNormalized(b, input, from, to, { stride })]);
  const second = convNormalized(b, first, to, to);
  const shortcut = stride === 1 && from === to ? input : convNormalized(b, input, from, to, { kernel: 1, stride });
  return b.add('Relu', [b.add('Add', [second, shortcut])]);
}

function bottleneck(b: GraphBuilder, input: string, from: number, width: number, stride: number): string {
  const first = b.add('Relu', [convNormalized(b, input, from, width, { kernel: 1 })]);
  const second = b.add('Relu', [convNormalized(b, first, width, width, { stride })]);
  const third = convNormalized(b, second, width, width * 4, { kernel: 1 });
  const shortcut = from === width * 4 ? input : convNormalized(b, input, from, width * 4, { kernel: 1, stride });
  return b.add('Relu', [b.add('Add', [third, shortcut])]);
}

/** ResNet-50 as published (v1.5: the stride in the 3×3): 25,557,032 parameters, 4,089,184,256 MACs at 224. */
export function resNet50(options: { weights?: WeightsKind } = {}): { model: ModelGraph; zeroBytes: number } {
  const b = new GraphBuilder({ seed: 50, weights: 'zeros', ...options });
  let x = b.input('input', ['batch', 3, 224, 224]);
  b.prefix = '/conv1/';
  x = b.add('Relu', [convNormalized(b, x, 3, 64, { kernel: 7, stride: 2 })]);
  x = maxPool(b, x);
  let channels = 64;
  const stages = [
    [64, 3],
    [128, 4],
    [256, 6],
    [512, 3],
  ] as const;
  for (const [stage, [width, blocks]] of stages.entries()) {
    for (let block = 0; block < blocks; block++) {
      const stride = block === 0 && stage > 0 ? 2 : 1;
      const from = channels;
      const input = x;
      x = within(b, `/layer${stage + 1}/layer${stage + 1}.${block}/`, () => bottleneck(b, input, from, width, stride));
      channels = width * 4;
    }
  }
  b.prefix = '/fc/';
  classify(b, x, channels, 1000, false);
  return { model: b.model(), zeroBytes: b.zeroBytes };
}

/** MobileNetV2 as published: 3,504,872 parameters, 300,774,272 MACs at 224. */
export function mobileNetV2(): ModelGraph {
  const b = new GraphBuilder({ seed: 2 });
  const stages = [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ] as const;
  b.prefix = '/features/features.0/';
  let x = clip6(b, convNormalized(b, b.input('input', ['batch', 3, 224, 224]), 3, 32, { stride: 2 }));
  let channels = 32;
  let position = 1;
  for (const [expansion, width, repeats, firstStride] of stages) {
    for (let repeat = 0; repeat < repeats; repeat++) {
      const stride = repeat === 0 ? firstStride : 1;
      const from = channels;
      const input = x;
      x = within(b, '', () => {
        b.prefix = `/features/features.${position++}/conv/`;
        return invertedResidual(b, input, from, width, expansion, stride);
      });
      channels = width;
    }
  }
  b.prefix = '/features/features.18/';
  x = clip6(b, convNormalized(b, x, channels, 1280, { kernel: 1 }));
  b.prefix = '/classifier/';
  classify(b, x, 1280, 1000, false);
  return b.model();
}

function clip6(b: GraphBuilder, input: string): string {
  return b.add('Clip', [input, b.scalar(0), b.scalar(6)]);
}

function invertedResidual(
  b: GraphBuilder,
  input: string,
  from: number,
  to: number,
  expansion: number,
  stride: number,
): string {
  const wide = from * expansion;
  let x = expansion === 1 ? input : clip6(b, convNormalized(b, input, from, wide, { kernel: 1 }));
  x = clip6(b, convNormalized(b, x, wide, wide, { stride, groups: wide }));
  x = convNormalized(b, x, wide, to, { kernel: 1 });
  return stride === 1 && from === to ? b.add('Add', [input, x]) : x;
}

/** ConvTranspose with stride, a grouped and a dilated Conv with asymmetric padding, Resize. */
export function upsampler(): ModelGraph {
  const b = new GraphBuilder({ seed: 7 });
  const image = b.input('image', ['batch', 8, 'height', 'width']);
  const grouped = b.add('Conv', [image, b.weight([16, 2, 3, 3])], {
    attributes: { group: 4, pads: [0, 1, 2, 1], dilations: [1, 1], kernel_shape: [3, 3] },
  });
  const up = b.add('ConvTranspose', [b.add('Relu', [grouped]), b.weight([16, 8, 4, 4]), b.weight([8])], {
    attributes: { strides: [2, 2], pads: [1, 1, 1, 1], kernel_shape: [4, 4] },
  });
  const resized = b.add('Resize', [up, '', b.values([1, 1, 2, 2])], {
    attributes: { mode: 'nearest', nearest_mode: 'floor', coordinate_transformation_mode: 'asymmetric' },
  });
  const dilated = b.add('Conv', [resized, b.weight([4, 8, 3, 3])], {
    attributes: { dilations: [2, 2], pads: [2, 2, 2, 2], kernel_shape: [3, 3] },
  });
  b.add('Sigmoid', [dilated], { outputs: ['mask'] });
  b.output('mask', ['batch', 4, null, null]);
  return b.model();
}
