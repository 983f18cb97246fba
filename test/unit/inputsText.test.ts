import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { node, value } from '../../src/core/analysis/microModels.js';
import { DataTypes } from '../../src/core/model/dataTypes.js';
import { prepareInputs } from '../../src/core/runtime/inputs/inputs.js';
import type { PreparedInputs } from '../../src/core/runtime/inputs/types.js';
import { codeOf, modelAt } from './support/inputModels.js';

const VOCABULARY = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'good', 'dog', '##s', 'run', 'a'];
const special = (id: string, type_id = 0) => ({ SpecialToken: { id, type_id } });
const WORD_PIECE = {
  added_tokens: VOCABULARY.slice(0, 4).map((content, id) => ({ id, content, special: true, normalized: false })),
  normalizer: { type: 'BertNormalizer', lowercase: true, clean_text: true, handle_chinese_chars: true },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [special('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, special('[SEP]')],
    pair: [],
    special_tokens: {
      '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
      '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
    },
  },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    vocab: Object.fromEntries(VOCABULARY.map((token, id) => [token, id])),
  },
};

describe('lines of text', () => {
  let folder = '';
  const at = (name: string): string => path.join(folder, name);
  const languageModel = (home: string, length: number, maskLength = length) =>
    modelAt(
      at(`${home}/model.onnx`),
      [node('Identity', ['input_ids'], 'y')],
      [
        value('input_ids', DataTypes.int64, [1, length]),
        value('attention_mask', DataTypes.int64, [1, maskLength]),
        value('token_type_ids', DataTypes.int64, [1, length]),
      ],
    );
  const numbers = (prepared: PreparedInputs, name: string, sample = 0): number[] =>
    Array.from(prepared.samples[sample]!.feeds[name]!.data, Number);
  const prepare = (home: string, length: number, text = 'texts', maskLength = length): Promise<PreparedInputs> =>
    prepareInputs(languageModel(home, length, maskLength), [], [{ name: null, path: at(text) }], 0);

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'texts-'));
    for (const name of ['bert', 'left', 'bare', 'odd', 'texts', 'blank', 'latin']) await mkdir(at(name));
    await writeFile(at('bert/tokenizer.json'), JSON.stringify(WORD_PIECE));
    await writeFile(at('left/tokenizer.json'), JSON.stringify(WORD_PIECE));
    await writeFile(at('left/tokenizer_config.json'), JSON.stringify({ padding_side: 'left', pad_token: '[UNK]' }));
    await writeFile(at('odd/tokenizer.json'), JSON.stringify({ ...WORD_PIECE, model: { type: 'Odd', vocab: {} } }));
    await writeFile(at('texts/a.txt'), '\ufeffGood dogs run\r\n\r\n  a cat \n');
    await writeFile(at('texts/b.txt'), 'dog');
    await writeFile(at('blank/a.txt'), '\n \n');
    await writeFile(at('latin/a.txt'), Buffer.from([0x63, 0xe9]));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('become ids, their mask and their types, padded to the length', async () => {
    const prepared = await prepare('bert', 8);
    assert.equal(prepared.samples.length, 3);
    assert.deepEqual(numbers(prepared, 'input_ids'), [2, 4, 5, 6, 7, 3, 0, 0]);
    assert.deepEqual(numbers(prepared, 'attention_mask'), [1, 1, 1, 1, 1, 1, 0, 0]);
    assert.deepEqual(numbers(prepared, 'token_type_ids'), [0, 0, 0, 0, 0, 0, 0, 0]);
    assert.deepEqual(numbers(prepared, 'input_ids', 1), [2, 8, 1, 3, 0, 0, 0, 0]);
    assert.deepEqual(numbers(prepared, 'input_ids', 2), [2, 5, 3, 0, 0, 0, 0, 0]);
    assert.equal(prepared.summaries[1]?.source, 'file:texts (3 samples)');
    assert.deepEqual(prepared.warnings, []);
  });

  it('are cut before their last special token, and it is said', async () => {
    const prepared = await prepare('bert', 4);
    assert.deepEqual(numbers(prepared, 'input_ids'), [2, 4, 5, 3]);
    assert.deepEqual(prepared.warnings, [
      { code: 'measure.warning.textCut', params: { count: 1, total: 3, length: 4 } },
    ]);
  });

  it('are padded at the left where the tokenizer says so; masks cover what is cached', async () => {
    const prepared = await prepare('left', 5, 'texts/b.txt', 7);
    assert.deepEqual(numbers(prepared, 'input_ids'), [1, 1, 2, 5, 3]);
    assert.deepEqual(numbers(prepared, 'attention_mask'), [1, 1, 0, 0, 1, 1, 1]);
  });

  it('go as they are into an input of strings', async () => {
    const model = modelAt(at('bare/model.onnx'), [], [value('text', DataTypes.string, [2])]);
    const prepared = await prepareInputs(model, [], [{ name: 'text', path: at('texts') }], 0);
    assert.deepEqual(prepared.feeds['text']!.data, ['Good dogs run', 'a cat']);
    assert.deepEqual(prepared.samples[1]!.feeds['text']!.data, ['dog', 'Good dogs run']);
  });

  it('are refused in words', async () => {
    assert.equal(await codeOf(() => prepare('bare', 4)), 'measure.text.noTokenizer');
    assert.equal(await codeOf(() => prepare('odd', 4)), 'measure.text.tokenizer');
    assert.equal(await codeOf(() => prepare('bert', 4, 'blank')), 'measure.text.empty');
    assert.equal(await codeOf(() => prepare('bert', 4, 'latin')), 'measure.text.notUtf8');
    const images = modelAt(at('bert/model.onnx'), [], [value('x', DataTypes.float32, [1, 3, 4, 4])]);
    const request = [{ name: null, path: at('texts') }];
    assert.equal(await codeOf(() => prepareInputs(images, [], request, 0)), 'measure.text.noInput');
    const small = languageModel('bert', 8);
    small.graph.nodes.push(node('Gather', ['table', 'input_ids'], 'rows'));
    small.graph.initializers.push({
      name: 'table',
      dataType: DataTypes.float32,
      dims: [6, 2],
      storage: { kind: 'none' },
    });
    assert.equal(await codeOf(() => prepareInputs(small, [], request, 0)), 'measure.text.vocabulary');
  });
});
