/** Text to token ids, by the `tokenizer.json` beside a model. */

import { ExpectedError } from '../../common/errors.js';
import { oneLine } from '../../common/oneLine.js';
import { isObject, type JsonObject, own, readJsonBeside } from './besideModel.js';

/** Vocabularies of 256,000 tokens take 35 MB. */
const LARGEST_TOKENIZER_BYTES = 128 * 2 ** 20;
const LARGEST_CONFIG_BYTES = 4 * 2 ** 20;
const USUAL_PAD_TOKENS: readonly string[] = ['[PAD]', '<pad>', '<|endoftext|>', '</s>'];

export interface TokenizedText {
  /** As many as there are tokens, special ones included; at most the length asked for. */
  ids: number[];
  typeIds: number[];
  /** Tokens were cut off. */
  truncated: boolean;
}

export interface TextTokenizer {
  padId: number;
  padLeft: boolean;
  /** Of what is too long the end is cut, its special tokens kept. ExpectedError for tokens without ids. */
  encode(text: string, length: number): TokenizedText;
}

interface Encoding {
  ids: number[];
  token_type_ids?: number[];
}

interface Encoder {
  encode(text: string, options: { add_special_tokens?: boolean; return_token_type_ids: true }): Encoding;
  token_to_id(token: string): number | undefined;
}

/** `"[PAD]"`, or an object whose content it is. */
function tokenText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  const content = isObject(value) ? own(value, 'content') : null;
  return typeof content === 'string' ? content : null;
}

function padIdOf(encoder: Encoder, tokenizer: JsonObject, config: JsonObject): number {
  const padding = own(tokenizer, 'padding');
  const written = isObject(padding) ? own(padding, 'pad_id') : null;
  if (typeof written === 'number' && Number.isSafeInteger(written)) return written;
  const named = [own(config, 'pad_token'), own(config, 'eos_token'), ...USUAL_PAD_TOKENS];
  for (const token of named) {
    const text = tokenText(token);
    const id = text === null ? undefined : encoder.token_to_id(text);
    if (id !== undefined) return id;
  }
  return 0;
}

/** How many special tokens stand before the text: where its own tokens begin among all. */
function prefixLength(all: readonly number[], own: readonly number[]): number {
  for (let start = 0; start + own.length <= all.length; start++)
    if (own.every((id, index) => id === all[start + index])) return start;
  return 0;
}

function encodeWithin(encoder: Encoder, text: string, length: number): TokenizedText {
  const whole = encoder.encode(text, { return_token_type_ids: true });
  const typeIds = whole.token_type_ids ?? whole.ids.map(() => 0);
  if (whole.ids.length <= length) return { ids: whole.ids, typeIds, truncated: false };
  const { ids: content } = encoder.encode(text, { add_special_tokens: false, return_token_type_ids: true });
  const start = prefixLength(whole.ids, content);
  const kept = Math.max(0, length - (whole.ids.length - content.length));
  const keep = (values: readonly number[]): number[] =>
    [...values.slice(0, start + kept), ...values.slice(start + content.length)].slice(0, length);
  return { ids: keep(whole.ids), typeIds: keep(typeIds), truncated: true };
}

/** ExpectedError when there is no `tokenizer.json`, or it is of a kind that cannot be followed. */
export async function openTokenizer(modelPath: string): Promise<TextTokenizer> {
  const found = await readJsonBeside(modelPath, 'tokenizer.json', LARGEST_TOKENIZER_BYTES);
  if (!found) throw new ExpectedError('input', 'measure.text.noTokenizer', { model: oneLine(modelPath) });
  const config = (await readJsonBeside(modelPath, 'tokenizer_config.json', LARGEST_CONFIG_BYTES))?.content ?? {};
  const file = oneLine(found.file);
  const refused = (error: unknown): ExpectedError => {
    const reason = oneLine(error instanceof Error ? error.message : String(error), 120);
    return new ExpectedError('input', 'measure.text.tokenizer', { file, reason }, { cause: error });
  };
  const { Tokenizer } = await import('@huggingface/tokenizers');
  let encoder: Encoder;
  try {
    const parts = { normalizer: null, pre_tokenizer: null, post_processor: null, added_tokens: [] };
    // What turns ids back into text is not needed: it must not be the reason to refuse.
    encoder = new Tokenizer({ ...parts, ...found.content, decoder: null }, config);
  } catch (error) {
    throw refused(error);
  }
  return {
    padId: padIdOf(encoder, found.content, config),
    padLeft: own(config, 'padding_side') === 'left',
    encode: (text, length) => {
      try {
        const encoded = encodeWithin(encoder, text, length);
        if (!encoded.ids.every((id) => Number.isSafeInteger(id) && id >= 0)) throw new Error('a token has no id');
        return encoded;
      } catch (error) {
        throw refused(error);
      }
    },
  };
}
