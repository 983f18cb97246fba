/** Lines of text that feed token ids and their masks, or the one input that takes strings. */

import { ExpectedError } from '../../common/errors.js';
import { oneLine } from '../../common/oneLine.js';
import { DataTypes, elementCount } from '../../model/dataTypes.js';
import type { ValueInfo } from '../../model/graph.js';
import { feedInputs } from '../../model/openDimensions.js';
import type { TensorValue } from '../port.js';
import { tensorFrom } from './elements.js';
import { inputUses } from './syntheticRules.js';
import { readLines } from './textLines.js';
import { openTokenizer, type TextTokenizer, type TokenizedText } from './tokenizer.js';
import type { BoundSamples, ModelInput, NamedTensor, Sample, SampleSource, SourceTarget } from './types.js';

const IDS_NAME = /^(encoder_)?input_?ids$|^tokens?(_?ids)?$/;
const NOT_IDS = /mask|type|segment|position|past|cache|len|decoder/;
/** Lines that are looked at to say how many are cut. */
const LINES_CHECKED = 64;

const isIntegers = ({ type }: ValueInfo): boolean =>
  type.kind === 'tensor' && (type.dataType === DataTypes.int64 || type.dataType === DataTypes.int32);
const rankOf = ({ type }: ValueInfo): number => (type.kind === 'tensor' ? (type.shape?.length ?? 0) : 0);

/** The input that is named, or looks like it takes strings or token ids; null where none or several do. */
function textInput({ model, input: name }: SourceTarget): ValueInfo | null {
  const inputs = feedInputs(model);
  if (name !== null) return inputs.find((each) => each.name === name) ?? null;
  const strings = inputs.filter(({ type }) => type.kind === 'tensor' && type.dataType === DataTypes.string);
  const integers = inputs.filter((each) => isIntegers(each) && (rankOf(each) === 1 || rankOf(each) === 2));
  const choices = [
    strings,
    integers.filter((each) => IDS_NAME.test(each.name.toLowerCase())),
    integers.filter((each) => !NOT_IDS.test(each.name.toLowerCase())),
  ];
  return choices.find(({ length }) => length === 1)?.[0] ?? null;
}

/** Lines of one file or of a folder's. */
export async function textSource(files: readonly string[], label: string, target: SourceTarget): Promise<SampleSource> {
  const declared = textInput(target);
  if (!declared)
    throw new ExpectedError('input', 'measure.text.noInput', {
      folder: oneLine(label),
      known: oneLine(target.names.join(', ')),
    });
  const lines = await readLines(files, label);
  const isStrings = declared.type.kind === 'tensor' && declared.type.dataType === DataTypes.string;
  const tokenizer = isStrings ? null : await openTokenizer(target.model.path);
  const rows = isStrings ? undefined : inputUses(target.model).get(declared.name)?.rows;
  return {
    label,
    many: lines.length > 1,
    fixedShapes: () => Promise.resolve(new Map<string, (number | null)[]>()),
    bind: (inputs) => {
      const input = inputs.find(({ name }) => name === declared.name);
      if (!input) throw new Error(`no such input: ${declared.name}`);
      const fixed = target.input !== null;
      const bound = tokenizer
        ? tokenSamples(lines, label, { inputs: fixed ? [input] : inputs, ids: input, tokenizer, rows })
        : stringSamples(lines, label, input);
      return Promise.resolve(bound);
    },
  };
}

const linesOf = (lines: readonly string[], index: number, count: number): string[] =>
  Array.from({ length: count }, (_, place) => lines[(index * Math.max(1, count) + place) % lines.length] as string);

const tensorOf = (input: ModelInput, source: string, value: TensorValue): [string, NamedTensor] => [
  input.name,
  { name: input.name, source, value },
];

function stringSamples(lines: readonly string[], label: string, input: ModelInput): BoundSamples {
  const count = elementCount(input.shape);
  const read = (index: number): Promise<Sample> => {
    const value = { dataType: 'string', dims: [...input.shape], data: linesOf(lines, index, count) };
    return Promise.resolve({ folder: label, byInput: new Map([tensorOf(input, label, value)]), expected: [] });
  };
  return { count: Math.ceil(lines.length / Math.max(1, count)), warnings: [], read };
}

interface TokenTarget {
  /** Those that may be filled: ids, their mask and their types. */
  inputs: readonly ModelInput[];
  ids: ModelInput;
  tokenizer: TextTokenizer;
  /** Of the embedding, where known. */
  rows: number | undefined;
}

function tokenSamples(lines: readonly string[], label: string, target: TokenTarget): BoundSamples {
  const { ids, tokenizer } = target;
  const length = ids.shape.at(-1) ?? 1;
  const batch = ids.shape.length > 1 ? (ids.shape[0] as number) : 1;
  const read = (index: number): Promise<Sample> => {
    const rows = linesOf(lines, index, batch).map((line) => tokenizer.encode(line, length));
    checkIds(rows, target, label);
    return Promise.resolve({ folder: label, byInput: new Map(tokenTensors(rows, label, target)), expected: [] });
  };
  const checked = lines.slice(0, LINES_CHECKED);
  const cut = checked.filter((line) => tokenizer.encode(line, length).truncated).length;
  const counts = { count: cut, total: checked.length, length };
  const warnings = cut > 0 ? [{ code: 'measure.warning.textCut', params: counts }] : [];
  return { count: Math.ceil(lines.length / Math.max(1, batch)), warnings, read };
}

function checkIds(encoded: readonly TokenizedText[], { rows, ids }: TokenTarget, label: string): void {
  const largest = encoded.reduce((most, each) => each.ids.reduce((a, b) => Math.max(a, b), most), -1);
  if (rows !== undefined && largest >= rows)
    throw new ExpectedError('input', 'measure.text.vocabulary', {
      folder: oneLine(label),
      id: largest,
      rows,
      name: oneLine(ids.name, 80),
    });
}

/** What one kind of input holds for one text: a value for each token, and one for padding. */
interface Filling {
  token(text: TokenizedText, position: number): number;
  padding: number;
  /** What stands before the tokens where the axis is longer than they are, as masks are with a cache. */
  cached: number;
}

function fillingOf(input: ModelInput, { ids, tokenizer }: TokenTarget): Filling | null {
  const name = input.name.toLowerCase();
  if (input === ids) return { token: ({ ids: all }, at) => all[at] as number, padding: tokenizer.padId, cached: 0 };
  if (input.shape.length !== ids.shape.length || /decoder|position/.test(name)) return null;
  if (/mask/.test(name)) return { token: () => 1, padding: 0, cached: 1 };
  if (/token_?type|segment/.test(name))
    return { token: ({ typeIds }, at) => typeIds[at] as number, padding: 0, cached: 0 };
  return null;
}

function tokenTensors(rows: readonly TokenizedText[], label: string, target: TokenTarget): [string, NamedTensor][] {
  const { inputs, ids, tokenizer } = target;
  const length = ids.shape.at(-1) ?? 1;
  return inputs.flatMap((input) => {
    const filling = fillingOf(input, target);
    const own = input.shape.at(-1) ?? 1;
    const cached = own - length;
    if (!filling || cached < 0 || elementCount(input.shape) !== rows.length * own) return [];
    const value = tensorFrom(input.name, input.dataType, input.shape, (index) => {
      const text = rows[Math.floor(index / own)] as TokenizedText;
      const column = (index % own) - cached;
      if (column < 0) return filling.cached;
      const position = tokenizer.padLeft ? column - (length - text.ids.length) : column;
      return position >= 0 && position < text.ids.length ? filling.token(text, position) : filling.padding;
    });
    return [tensorOf(input, label, value)];
  });
}
