import type { ModelGraph } from '../../src/core/model/graph.js';
import { float, GraphBuilder, type WeightsKind } from './builder.js';

interface Sizes {
  layers: number;
  hidden: number;
  heads: number;
  feedForward: number;
  vocabulary: number;
  positions: number;
}

/** LayerNorm as exporters before opset 17 write it: nine nodes. */
export function decomposedLayerNorm(b: GraphBuilder, input: string, size: number): string {
  const mean = b.add('ReduceMean', [input], { attributes: { axes: [-1], keepdims: 1 } });
  const centred = b.add('Sub', [input, mean]);
  const squared = b.add('Pow', [centred, b.scalar(2)]);
  const variance = b.add('ReduceMean', [squared], { attributes: { axes: [-1], keepdims: 1 } });
  const deviation = b.add('Sqrt', [b.add('Add', [variance, b.scalar(1e-12)])]);
  const scaled = b.add('Mul', [b.add('Div', [centred, deviation]), b.filled([size], 1)]);
  return b.add('Add', [scaled, b.weight([size], { scale: 0.02 })]);
}

/** Gelu by the error function: five nodes. */
export function decomposedGelu(b: GraphBuilder, input: string): string {
  const error = b.add('Erf', [b.add('Div', [input, b.scalar(Math.SQRT2)])]);
  const sum = b.add('Add', [error, b.scalar(1)]);
  return b.add('Mul', [b.add('Mul', [input, sum]), b.scalar(0.5)]);
}

function linear(b: GraphBuilder, input: string, from: number, to: number, bias = true): string {
  const product = b.add('MatMul', [input, b.weight([from, to], { scale: Math.sqrt(1 / from) })]);
  return bias ? b.add('Add', [b.weight([to], { scale: 0.02 }), product]) : product;
}

/** [batch, sequence, hidden] to [batch, heads, sequence, head]. */
function splitHeads(b: GraphBuilder, input: string, heads: number, headSize: number): string {
  const split = b.add('Reshape', [input, b.ints([0, -1, heads, headSize])]);
  return b.add('Transpose', [split], { attributes: { perm: [0, 2, 1, 3] } });
}

function mergeHeads(b: GraphBuilder, input: string, hidden: number): string {
  const swapped = b.add('Transpose', [input], { attributes: { perm: [0, 2, 1, 3] } });
  return b.add('Reshape', [swapped, b.ints([0, -1, hidden])]);
}

/** softmax(q·kᵀ/√d + mask)·v, all in [batch, heads, sequence, head]. */
function attention(b: GraphBuilder, query: string, key: string, value: string, mask: string, headSize: number): string {
  const transposed = b.add('Transpose', [key], { attributes: { perm: [0, 1, 3, 2] } });
  const scores = b.add('Div', [b.add('MatMul', [query, transposed]), b.scalar(Math.sqrt(headSize))]);
  const weights = b.add('Softmax', [b.add('Add', [scores, mask])], { attributes: { axis: -1 } });
  return b.add('MatMul', [weights, value]);
}

/** BERT's encoder as exported from PyTorch, with pooler. */
function bert(seed: number, sizes: Sizes, weights: WeightsKind): GraphBuilder {
  const b = new GraphBuilder({ seed, weights });
  const { hidden } = sizes;
  const ids = b.input('input_ids', ['batch', 'sequence'], 'int64');
  const maskInput = b.input('attention_mask', ['batch', 'sequence'], 'int64');
  const types = b.input('token_type_ids', ['batch', 'sequence'], 'int64');
  b.prefix = '/';
  const expanded = b.add('Unsqueeze', [maskInput, b.ints([1, 2])]);
  const asFloat = b.add('Cast', [expanded], { attributes: { to: 1 } });
  const mask = b.add('Mul', [b.add('Sub', [b.scalar(1), asFloat]), b.scalar(-10000)]);
  b.prefix = '/embeddings/';
  let x = embed(b, ids, types, sizes);
  for (let layer = 0; layer < sizes.layers; layer++) x = bertLayer(b, x, mask, layer, sizes);
  b.prefix = '/pooler/';
  const first = b.add('Gather', [x, b.scalar(0, 'int64')], { attributes: { axis: 1 } });
  const gemmInputs = [first, b.weight([hidden, hidden], { scale: Math.sqrt(1 / hidden) }), b.weight([hidden])];
  const dense = b.add('Gemm', gemmInputs, { attributes: { transB: 1 } });
  b.add('Tanh', [dense], { outputs: ['pooler_output'] });
  b.add('Identity', [x], { outputs: ['last_hidden_state'] });
  b.output('last_hidden_state', ['batch', 'sequence', hidden]);
  b.output('pooler_output', ['batch', hidden]);
  return b;
}

function embed(b: GraphBuilder, ids: string, types: string, sizes: Sizes): string {
  const { hidden, vocabulary, positions } = sizes;
  const words = b.add('Gather', [b.weight([vocabulary, hidden], { scale: 0.1 }), ids]);
  const segments = b.add('Gather', [b.weight([2, hidden], { scale: 0.1 }), types]);
  const length = b.add('Gather', [b.add('Shape', [ids]), b.scalar(1, 'int64')]);
  const end = b.add('Unsqueeze', [length, b.ints([0])]);
  const positionIds = b.ints(
    Array.from({ length: positions }, (_, index) => index),
    [1, positions],
  );
  const used = b.add('Slice', [positionIds, b.ints([0]), end, b.ints([1])]);
  const places = b.add('Gather', [b.weight([positions, hidden], { scale: 0.1 }), used]);
  return decomposedLayerNorm(b, b.add('Add', [b.add('Add', [words, segments]), places]), hidden);
}

function bertLayer(b: GraphBuilder, input: string, mask: string, layer: number, sizes: Sizes): string {
  const { hidden, heads, feedForward } = sizes;
  const headSize = hidden / heads;
  const prefix = `/encoder/layer.${layer}/`;
  const project = (name: string): string => {
    b.prefix = `${prefix}attention/self/${name}/`;
    return linear(b, input, hidden, hidden);
  };
  const [query, key, value] = [project('query'), project('key'), project('value')];
  b.prefix = `${prefix}attention/self/`;
  const split = (name: string): string => splitHeads(b, name, heads, headSize);
  const context = mergeHeads(b, attention(b, split(query), split(key), split(value), mask, headSize), hidden);
  b.prefix = `${prefix}attention/output/`;
  const attended = decomposedLayerNorm(b, b.add('Add', [linear(b, context, hidden, hidden), input]), hidden);
  b.prefix = `${prefix}intermediate/`;
  const wide = decomposedGelu(b, linear(b, attended, hidden, feedForward));
  b.prefix = `${prefix}output/`;
  return decomposedLayerNorm(b, b.add('Add', [linear(b, wide, feedForward, hidden), attended]), hidden);
}

/** Two layers of 64: BERT's structure in 200 KB. */
export function encoder(): ModelGraph {
  const sizes = { layers: 2, hidden: 64, heads: 4, feedForward: 256, vocabulary: 1000, positions: 128 };
  return bert(3, sizes, 'random').model({ producer: 'pytorch' });
}

/** BERT-base uncased with pooler: 109,482,240 parameters, 11,174,215,680 MACs at sequence 128. */
export function bertBase(options: { weights?: WeightsKind } = {}): { model: ModelGraph; zeroBytes: number } {
  const sizes = { layers: 12, hidden: 768, heads: 12, feedForward: 3072, vocabulary: 30522, positions: 512 };
  const b = bert(4, sizes, options.weights ?? 'zeros');
  return { model: b.model({ producer: 'pytorch' }), zeroBytes: b.zeroBytes };
}

/** Embeddings and the rest at 4 layers of 256: large enough that matrix products rule. */
export function mediumEncoder(): ModelGraph {
  const sizes = { layers: 4, hidden: 256, heads: 4, feedForward: 1024, vocabulary: 2000, positions: 256 };
  return bert(5, sizes, 'random').model({ producer: 'pytorch' });
}

/** So many layers of next to no width: 20,000 nodes as real graphs have them, with their names, weights and shapes. */
export function deepEncoder(layers: number): ModelGraph {
  const sizes = { layers, hidden: 8, heads: 2, feedForward: 16, vocabulary: 50, positions: 256 };
  return bert(6, sizes, 'random').model({ producer: 'pytorch' });
}

const decoderSizes: Sizes = { layers: 2, hidden: 64, heads: 4, feedForward: 256, vocabulary: 500, positions: 256 };

/**
 * A causal decoder. With a cache it takes past keys and values and returns them with the new ones, as generation
 * exports do; without one each token recomputes all before it.
 */
export function decoder(withCache: boolean): ModelGraph {
  const b = new GraphBuilder({ seed: 6 });
  const { layers, hidden, heads, vocabulary } = decoderSizes;
  const headSize = hidden / heads;
  const total = withCache ? 'past_sequence_length + sequence_length' : 'sequence_length';
  const ids = b.input('input_ids', ['batch_size', 'sequence_length'], 'int64');
  const maskInput = b.input('attention_mask', ['batch_size', total], 'int64');
  const pasts = withCache
    ? Array.from({ length: layers }, (_, layer) => {
        const past = ['batch_size', heads, 'past_sequence_length', headSize];
        return {
          key: b.input(`past_key_values.${layer}.key`, [...past]),
          value: b.input(`past_key_values.${layer}.value`, [...past]),
        };
      })
    : [];
  b.prefix = '/model/';
  const mask = causalMask(b, ids, maskInput);
  let x = b.add('Gather', [b.weight([vocabulary, hidden], { scale: 0.1 }), ids], {
    name: '/model/embed_tokens/Gather',
  });
  for (let layer = 0; layer < layers; layer++) x = decoderLayer(b, x, mask, layer, pasts[layer] ?? null);
  b.prefix = '/model/norm/';
  const normalized = decomposedLayerNorm(b, x, hidden);
  b.add('MatMul', [normalized, b.weight([hidden, vocabulary], { scale: 0.1 })], {
    name: '/lm_head/MatMul',
    outputs: ['logits'],
  });
  b.output('logits', ['batch_size', 'sequence_length', vocabulary]);
  for (let layer = 0; layer < pasts.length; layer++) {
    for (const part of ['key', 'value']) b.output(`present.${layer}.${part}`, ['batch_size', heads, total, headSize]);
  }
  return b.model({ producer: 'pytorch' });
}

/** [batch, 1, sequence, total]: 0 where a token may look, -10000 ahead of it and at padding. */
function causalMask(b: GraphBuilder, ids: string, maskInput: string): string {
  const dimension = (tensor: string): string =>
    b.add('Gather', [b.add('Shape', [tensor]), b.scalar(1, 'int64')], { attributes: { axis: 0 } });
  const [sequence, total] = [dimension(ids), dimension(maskInput)];
  const past = b.add('Sub', [total, sequence]);
  const one = b.scalar(1, 'int64');
  const queries = b.add('Unsqueeze', [b.add('Range', [past, total, one]), b.ints([1])]);
  const keys = b.add('Unsqueeze', [b.add('Range', [b.scalar(0, 'int64'), total, one]), b.ints([0])]);
  const causal = b.add('LessOrEqual', [keys, queries]);
  const visible = b.add('Cast', [b.add('Unsqueeze', [maskInput, b.ints([1, 2])])], { attributes: { to: 9 } });
  const allowed = b.add('And', [visible, causal]);
  return b.add('Where', [allowed, b.scalar(0), b.scalar(-10000)]);
}

function decoderLayer(
  b: GraphBuilder,
  input: string,
  mask: string,
  layer: number,
  past: { key: string; value: string } | null,
): string {
  const { hidden, heads, feedForward } = decoderSizes;
  const headSize = hidden / heads;
  const prefix = `/model/layers.${layer}/`;
  b.prefix = `${prefix}input_layernorm/`;
  const normalized = decomposedLayerNorm(b, input, hidden);
  const project = (name: string): string => {
    b.prefix = `${prefix}self_attn/${name}_proj/`;
    return splitHeads(b, linear(b, normalized, hidden, hidden, false), heads, headSize);
  };
  const query = project('q');
  const extend = (part: 'key' | 'value', current: string): string =>
    past === null
      ? current
      : b.add('Concat', [past[part], current], { outputs: [`present.${layer}.${part}`], attributes: { axis: 2 } });
  const key = extend('key', project('k'));
  const value = extend('value', project('v'));
  b.prefix = `${prefix}self_attn/`;
  const context = mergeHeads(b, attention(b, query, key, value, mask, headSize), hidden);
  b.prefix = `${prefix}self_attn/o_proj/`;
  const attended = b.add('Add', [input, linear(b, context, hidden, hidden, false)]);
  b.prefix = `${prefix}post_attention_layernorm/`;
  const second = decomposedLayerNorm(b, attended, hidden);
  b.prefix = `${prefix}mlp/`;
  const gate = linear(b, second, hidden, feedForward, false);
  const activated = b.add('Mul', [gate, b.add('Sigmoid', [gate])]);
  const wide = b.add('Mul', [activated, linear(b, second, hidden, feedForward, false)]);
  return b.add('Add', [attended, linear(b, wide, feedForward, hidden, false)]);
}

/** A router over four experts of which two serve each token; com.microsoft's MoE. */
export function mixtureOfExperts(): ModelGraph {
  const b = new GraphBuilder({ seed: 8 });
  const [hidden, inner, experts] = [32, 64, 4];
  const x = b.input('tokens', ['tokens', hidden]);
  b.prefix = '/moe/';
  const router = b.add('MatMul', [x, b.weight([hidden, experts], { scale: 0.2 })], { name: '/moe/router/MatMul' });
  const weights = [
    b.weight([experts, inner, hidden], { fanIn: hidden }),
    b.weight([experts, inner], { scale: 0.02 }),
    b.weight([experts, hidden, inner], { fanIn: inner }),
    b.weight([experts, hidden], { scale: 0.02 }),
  ];
  b.add('MoE', [x, router, ...weights], {
    name: '/moe/experts/MoE',
    domain: 'com.microsoft',
    outputs: ['mixed'],
    attributes: { k: 2, activation_type: 'silu', normalize_routing_weights: 1 },
  });
  b.output('mixed', ['tokens', hidden]);
  return b.model({ opsets: [{ domain: 'com.microsoft', version: 1 }] });
}

/** Attention written in Einsum equations. */
export function einsumAttention(): ModelGraph {
  const b = new GraphBuilder({ seed: 9 });
  const x = b.input('x', ['batch', 'sequence', 32]);
  b.prefix = '/attention/';
  const project = (): string =>
    b.add('Einsum', [x, b.weight([32, 4, 8], { scale: 0.2 })], { attributes: { equation: 'bsd,dhk->bshk' } });
  const scores = b.add('Einsum', [project(), project()], { attributes: { equation: 'bqhk,bshk->bhqs' } });
  const weights = b.add('Softmax', [b.add('Mul', [scores, b.scalar(8 ** -0.5)])], { attributes: { axis: -1 } });
  const context = b.add('Einsum', [weights, project()], { attributes: { equation: 'bhqs,bshk->bqhk' } });
  b.add('Einsum', [context, b.weight([4, 8, 32], { scale: 0.2 })], {
    outputs: ['y'],
    attributes: { equation: 'bqhk,hkd->bqd' },
  });
  b.output('y', ['batch', 'sequence', 32]);
  return b.model();
}

/** com.microsoft's fused transformer operators as optimisers write them. */
export function fusedEncoder(): ModelGraph {
  const b = new GraphBuilder({ seed: 10 });
  const [hidden, heads, wide] = [64, 4, 128];
  const domain = 'com.microsoft';
  const x = b.input('x', ['batch', 'sequence', hidden]);
  b.prefix = '/layer.0/';
  const attended = b.add('Attention', [x, b.weight([hidden, hidden * 3], { scale: 0.1 }), b.filled([hidden * 3], 0)], {
    ...{ domain, attributes: { num_heads: heads } },
  });
  const norm = (first: string, second: string): string =>
    b.add('SkipLayerNormalization', [first, second, b.filled([hidden], 1), b.filled([hidden], 0)], {
      ...{ domain, attributes: { epsilon: float(1e-5) } },
    });
  const first = norm(attended, x);
  const product = b.add('MatMul', [first, b.weight([hidden, wide], { scale: 0.1 })]);
  const activated = b.add('BiasGelu', [product, b.filled([wide], 0.01)], { domain });
  const second = b.add('FusedMatMul', [activated, b.weight([hidden, wide], { scale: 0.1 })], {
    ...{ domain, attributes: { transB: 1, alpha: float(0.5) } },
  });
  b.add('Identity', [norm(second, first)], { outputs: ['y'] });
  b.output('y', ['batch', 'sequence', hidden]);
  return b.model({ opsets: [{ domain, version: 1 }] });
}
