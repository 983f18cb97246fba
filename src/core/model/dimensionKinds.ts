/** What a dynamic dimension counts: from its symbol's name, else from where it stands in which kind of input. */

export type DimensionKind =
  | 'batch'
  | 'sequence'
  /** Tokens already in the cache of a decoder. */
  | 'past'
  /** Cached and new tokens together. */
  | 'total'
  | 'encoderSequence'
  | 'height'
  | 'width'
  | 'channels'
  | 'samples'
  | 'frames'
  | 'mels'
  | 'heads'
  | 'headSize'
  | 'hiddenSize'
  | 'layers'
  | 'count';

const BY_NAME: readonly [RegExp, DimensionKind][] = [
  [/(^|_)(batch|bs|bsz|minibatch)(_|$|\d)|^(b|n)$|batch_?size/, 'batch'],
  [/^past|(^|_)past_|(^|_)(kv|cache|cached)_(len|length|seq|sequence)|(^|_)(mem|memory)_len/, 'past'],
  [/^total_|(^|_)total_(seq|sequence|len)|^(attention_)?mask_len/, 'total'],
  [/encoder.*(seq|len)|(^|_)(src|source)_(seq|len)/, 'encoderSequence'],
  [/(^|_)(num|n)_(attention_|key_value_|kv_|decoder_|encoder_)*heads?($|_)/, 'heads'],
  [/(^|_)head_?(dim|size)|(^|_)d_(head|kv)$|embed_size_per_head/, 'headSize'],
  [/(^|_)(hidden|embed|embedding|model)_?(size|dim)|^d_model$/, 'hiddenSize'],
  [/(^|_)(num|n)_layers?($|_)/, 'layers'],
  [/(^|_)(n_mels?|num_mels?|mel_bins|feature_size)($|_)/, 'mels'],
  [/(^|_)(height|rows)($|_)|^(h|ih|img_h|image_h)$/, 'height'],
  [/(^|_)(width|cols|columns)($|_)|^(w|iw|img_w|image_w)$/, 'width'],
  [/(^|_)channels?($|_)|^(c|ch)$/, 'channels'],
  [/(^|_)(samples?|wave|waveform|wav|audio)($|_)/, 'samples'],
  [/(^|_)(n|num)?_?(frames?|mel|spectrogram|time|timesteps?|steps?)($|_)/, 'frames'],
  [/^(num|n|count|number)_(?!tokens|words)|(^|_)(points|boxes|prompts|labels|objects|classes)($|_)/, 'count'],
  [/(^|_)(seq|sequence|tokens?|words?|text|context|query|len|length|max_length|target|decoder)($|_|\d)/, 'sequence'],
  [/^(s|t|l)$|seq_?len/, 'sequence'],
];

/** `batchSize`, `Batch-Size` and `batch size` are one name. */
export function normalizedName(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z\d]+/g, '_')
    .toLowerCase();
}

/** null for names that say nothing: `dim_0`, `unk__12`, `p2o.DynamicDimension.0`, `s77`. */
export function kindByName(name: string): DimensionKind | null {
  const normalized = normalizedName(name);
  return BY_NAME.find(([pattern]) => pattern.test(normalized))?.[1] ?? null;
}

/** TensorProto.DataType of what holds ids, masks and lengths: int32, int64, bool. */
const INDEX_TYPES = new Set([6, 7, 9]);
/** Images have one channel, three colours, or colours and alpha. */
const IMAGE_CHANNELS = new Set([1, 3, 4]);

const STATE_NAME = /(^|_)(h|c|hn|cn|h0|c0|state|states|hidden|cell)(_|\d|$)/;
const AUDIO_NAME = /(^|_)(audio|wave|waveform|wav|pcm|samples|speech|sound|input_values)(_|$)/;
const MEL_NAME = /(^|_)(mel|mels|spectrogram|fbank|input_features|features|audio_features)(_|$)/;
const PAST_NAME = /(^|_)(past|cache|key_cache|value_cache)(_|$)/;

export const isPastInput = (name: string): boolean => PAST_NAME.test(normalizedName(name));
export const isStateInput = (name: string): boolean => STATE_NAME.test(normalizedName(name));

export interface InputPlace {
  /** The input's name. */
  name: string;
  dataType: number;
  shape: readonly (number | string | null)[];
  axis: number;
}

/** What the axis counts, by the input's name, type, rank and fixed neighbours. */
export function kindByPlace({ name: inputName, dataType, shape, axis }: InputPlace): DimensionKind {
  const name = normalizedName(inputName);
  const isIndex = INDEX_TYPES.has(dataType);
  if (PAST_NAME.test(name) && shape.length >= 3) return pastKind(shape.length, axis);
  if (shape.length === 1) return AUDIO_NAME.test(name) ? 'samples' : 'count';
  if (shape.length === 2) return axis === 0 ? 'batch' : rowKind(name, isIndex);
  if (isIndex) return axis === 0 ? 'batch' : 'sequence';
  if (shape.length === 3) return rank3Kind(name, shape, axis);
  if (shape.length === 4) return rank4Kind(name, shape, axis);
  return (['batch', 'frames', 'channels', 'height', 'width'] as const)[axis] ?? 'count';
}

function rowKind(name: string, isIndex: boolean): DimensionKind {
  if (isIndex) return 'sequence';
  return AUDIO_NAME.test(name) ? 'samples' : 'hiddenSize';
}

/** [batch, heads, past, head size], or [2, batch, heads, past, head size]. */
function pastKind(rank: number, axis: number): DimensionKind {
  const fromEnd = rank - 1 - axis;
  if (fromEnd === 0) return 'headSize';
  if (fromEnd === 1) return 'past';
  return fromEnd === 2 && rank > 3 ? 'heads' : 'batch';
}

type Shape = readonly (number | string | null)[];

const isChannels = (dimension: number | string | null | undefined): boolean =>
  typeof dimension === 'number' && IMAGE_CHANNELS.has(dimension);

function rank4Kind(name: string, shape: Shape, axis: number): DimensionKind {
  if (/mask/.test(name) && !/pixel|image/.test(name)) return axis === 0 ? 'batch' : 'sequence';
  const order =
    isChannels(shape[3]) && !isChannels(shape[1])
      ? (['batch', 'height', 'width', 'channels'] as const)
      : (['batch', 'channels', 'height', 'width'] as const);
  return order[axis] ?? 'count';
}

/** Order of the axes by what the input is: a recurrent state, one image, sound, or a sequence of vectors. */
function rank3Kind(name: string, shape: Shape, axis: number): DimensionKind {
  return rank3Order(name, shape)[axis] ?? 'count';
}

function rank3Order(name: string, shape: Shape): readonly DimensionKind[] {
  if (STATE_NAME.test(name)) return ['layers', 'batch', 'hiddenSize'];
  if (isChannels(shape[0])) return ['channels', 'height', 'width'];
  if (isChannels(shape[2])) return ['height', 'width', 'channels'];
  if (MEL_NAME.test(name))
    return typeof shape[2] === 'number' ? ['batch', 'frames', 'mels'] : ['batch', 'mels', 'frames'];
  return AUDIO_NAME.test(name) ? ['batch', 'channels', 'samples'] : ['batch', 'sequence', 'hiddenSize'];
}
