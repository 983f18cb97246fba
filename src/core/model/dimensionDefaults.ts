/** Values for dimensions that nobody set: from the model's configuration, its graph, and what such a dimension usually is. */

import type { DimensionSource } from '../../protocol/report.js';
import type { DimensionKind } from './dimensionKinds.js';
import { kindByName, normalizedName } from './dimensionKinds.js';
import type { DimensionRef, ModelGraph, ValueInfo } from './graph.js';
import type { ImageSize, ModelConfig } from './modelConfig.js';

const SEQUENCE = 128;
/** Networks over whole images are shown larger ones than classifiers. */
const REGION_IMAGE_SIZE = 640;
const CLASSIFIER_IMAGE_SIZE = 224;
/** PaddleOCR's inputs: lines of text for recognisers, snippets for the classifier of text directions. */
const TEXT_LINE_MAXIMUM_HEIGHT = 64;
const TEXT_LINE_WIDTH = 320;
const TEXT_DIRECTION_SIZE: ImageSize = { height: 48, width: 192 };
const SECOND_OF_SAMPLES = 16_000;
/** What streaming voice detectors take at 16 kHz; they have an input for the sampling rate. */
const STREAMING_SAMPLES = 512;
const WHISPER_FRAMES = 3_000;
const SECOND_OF_FRAMES = 100;
const FRAMES_OF_VIDEO = 16;

export interface Place {
  input: ValueInfo;
  shape: readonly DimensionRef[];
  axis: number;
}

export interface DefaultsContext {
  model: ModelGraph;
  config: ModelConfig;
  /** Of an image whose height and width are both open. */
  imageSize: ImageSize;
  streaming: boolean;
}

export function defaultsContext(model: ModelGraph, config: ModelConfig, inputs: readonly ValueInfo[]): DefaultsContext {
  const streaming = inputs.some((input) => /^(sr|sample_?rate|sampling_?rate)$/.test(normalizedName(input.name)));
  return { model, config, imageSize: config.imageSize ?? usualImageSize(model), streaming };
}

function usualImageSize(model: ModelGraph): ImageSize {
  if (isTextDirectionClassifier(model)) return TEXT_DIRECTION_SIZE;
  const edge = findsRegions(model) ? REGION_IMAGE_SIZE : CLASSIFIER_IMAGE_SIZE;
  return { height: edge, width: edge };
}

const outputShapes = (model: ModelGraph): readonly DimensionRef[][] =>
  model.graph.outputs.flatMap((output) =>
    output.type.kind === 'tensor' && output.type.shape ? [output.type.shape] : [],
  );

function isTextDirectionClassifier(model: ModelGraph): boolean {
  const fromPaddle =
    /paddle/i.test(model.producerName) ||
    /^p2o\./.test(model.graph.inputs.flatMap(symbolsOf).find((symbol) => symbol !== '') ?? '');
  const [shape, ...others] = outputShapes(model);
  return fromPaddle && others.length === 0 && shape?.length === 2 && shape[1] === 2;
}

const symbolsOf = (input: ValueInfo): string[] =>
  input.type.kind === 'tensor' ? (input.type.shape ?? []).filter((dimension) => typeof dimension === 'string') : [];

/** Detection or segmentation: boxes, masks, maps; not one vector for the whole image. */
function findsRegions(model: ModelGraph): boolean {
  if (model.graph.nodes.some((node) => node.opType === 'NonMaxSuppression')) return true;
  if (model.graph.outputs.some((output) => /box|dets|mask|keypoint|heatmap/i.test(output.name))) return true;
  const shapes = outputShapes(model);
  if (shapes.some((shape) => shape.length === 2)) return false;
  if (shapes.some((shape) => shape.length === 4 && shape.slice(2).some((dimension) => dimension !== 1))) return true;
  const vectors = model.graph.outputs.some((output) => /hidden|embed|logits|feature|token/i.test(output.name));
  return !vectors && shapes.some((shape) => shape.length === 3);
}

export interface AssumedValue {
  value: number;
  source: DimensionSource;
}

/** `named`: the kind was read off the symbol. Past lengths are the scenario's, not found here. */
export function assumedValue(
  name: string,
  kind: DimensionKind,
  named: boolean,
  place: Place | null,
  context: DefaultsContext,
): AssumedValue {
  const configured = CONFIG_RULES[kind]?.(context.config, normalizedName(name), place) ?? null;
  const rule = USUAL[kind];
  const usual = typeof rule === 'number' ? rule : rule(context, place, named);
  if (kind === 'sequence' || kind === 'encoderSequence') {
    // The configuration names the longest sequence, not the usual one.
    if (configured !== null && configured < usual) return { value: configured, source: 'modelConfig' };
  } else if (configured !== null) {
    return { value: configured, source: 'modelConfig' };
  }
  return { value: usual, source: named ? 'symbolName' : 'default' };
}

const POSITION_KEYS = ['max_position_embeddings', 'n_positions', 'max_target_positions', 'max_sequence_length'];

type ConfigRule = (config: ModelConfig, name: string, place: Place | null) => number | null;

const CONFIG_RULES: Partial<Record<DimensionKind, ConfigRule>> = {
  sequence: (config) => config.number(...POSITION_KEYS),
  encoderSequence: (config) => config.number('max_source_positions', ...POSITION_KEYS),
  height: (config, _, place) => (otherEdge('height', place) === null ? (config.imageSize?.height ?? null) : null),
  width: (config, _, place) => (otherEdge('width', place) === null ? (config.imageSize?.width ?? null) : null),
  channels: (config, _, place) => (place?.shape.length === 3 ? null : config.number('num_channels', 'in_channels')),
  mels: (config) => config.number('num_mel_bins', 'feature_size'),
  frames: (config) => whisperFrames(config),
  heads: (config, name, place) => heads(config, place !== null || /kv|key_value/.test(name)),
  headSize: (config) => headSize(config),
  hiddenSize: (config, name) => config.number(name, 'hidden_size', 'd_model', 'n_embd', 'dim'),
  layers: (config, name) => config.number(name, 'num_hidden_layers', 'n_layer', 'num_layers'),
  count: (config, name) => config.number(name),
};

/** Whisper's convolutions halve the frames into positions. */
function whisperFrames(config: ModelConfig): number | null {
  const positions = config.number('max_source_positions');
  return positions === null || config.modelType !== 'whisper' ? null : 2 * positions;
}

/** Caches hold the heads of keys and values, which may be fewer than the queries'. */
const heads = (config: ModelConfig, ofCache: boolean): number | null =>
  (ofCache ? config.number('num_key_value_heads') : null) ??
  config.number('num_attention_heads', 'decoder_attention_heads', 'n_head', 'num_heads', 'encoder_attention_heads');

function headSize(config: ModelConfig): number | null {
  const [hidden, count] = [config.number('hidden_size', 'd_model', 'n_embd', 'dim'), heads(config, false)];
  const divided = hidden !== null && count !== null && hidden % count === 0 ? hidden / count : null;
  return config.number('head_dim', 'd_kv') ?? divided;
}

type UsualRule = number | ((context: DefaultsContext, place: Place | null, named: boolean) => number);

const USUAL: Readonly<Record<DimensionKind, UsualRule>> = {
  height: ({ imageSize }, place) => otherEdge('height', place) ?? imageSize.height,
  width: ({ imageSize }, place) => otherEdge('width', place) ?? imageSize.width,
  sequence: SEQUENCE,
  encoderSequence: SEQUENCE,
  past: SEQUENCE,
  total: SEQUENCE,
  channels: (_, place) => (place?.shape.length === 3 ? 1 : 3),
  samples: ({ streaming }) => (streaming ? STREAMING_SAMPLES : SECOND_OF_SAMPLES),
  frames: (_, place) => usualFrames(place),
  mels: 80,
  heads: 12,
  headSize: 64,
  hiddenSize: (_context, _place, named) => (named ? 768 : 128),
  batch: 1,
  layers: 1,
  count: 1,
};

function usualFrames(place: Place | null): number {
  if (place?.shape.length === 5) return FRAMES_OF_VIDEO;
  const isWhisper = place?.shape.length === 3 && [80, 128].includes(Number(place.shape[1]));
  return isWhisper ? WHISPER_FRAMES : SECOND_OF_FRAMES;
}

/** An open edge beside a fixed one: square, or the usual width of a line of text. */
function otherEdge(kind: 'height' | 'width', place: Place | null): number | null {
  const neighbour = place?.shape[place.axis + (kind === 'height' ? 1 : -1)];
  if (typeof neighbour !== 'number' || neighbour < 8) return null;
  return kind === 'width' && neighbour <= TEXT_LINE_MAXIMUM_HEIGHT ? TEXT_LINE_WIDTH : neighbour;
}

/** Kind of a name that stands in an expression only. */
export const kindOfFactor = (name: string): DimensionKind => kindByName(name) ?? 'count';
