import { EXPORT_FORMATS } from '../../core/report/exportFormats.js';
import { parseAssumptions } from './assumptionsFromPage.js';
import type { FromPage, PageRemedy } from '../../protocol/webview.js';

const MAXIMUM_TEXT = 1_000_000;
const MAXIMUM_NAME = 4096;
const MAXIMUM_MEASUREMENT = 64 * 2 ** 20;
const CHIPS = ['provider', 'threads', 'optimization', 'input'] as const;
const PLAIN = [
  'ready',
  'profile',
  'inspectOnly',
  'tryQuantization',
  'chooseCalibrationInputs',
  'addLabels',
  'measurePruning',
  'measureAlternatives',
  'stop',
  'cancel',
  'copyMarkdown',
  'openReport',
  'showLog',
  'measureCapacity',
  'shareAssumptions',
  'refreshPrices',
] as const;
const COMPARED = ['pick', 'last', 'head', 'baseline'] as const;
const PLAIN_REMEDIES = ['profileAgain', 'inspectOnly', 'tryQuantization', 'showLog'] as const;

type Fields = Record<string, unknown>;

/**
 * A message from the page, checked field by field: the page shows names from model files, so the host trusts it no
 * more than those. null for whatever is not an intent.
 */
export function parseFromPage(value: unknown): FromPage | null {
  const fields = fieldsOf(value);
  if (!fields) return null;
  const plain = PLAIN.find((type) => type === fields.type);
  if (plain) return { type: plain };
  const parse = typeof fields.type === 'string' ? PARSERS.get(fields.type) : undefined;
  return parse?.(fields) ?? null;
}

/** Of those intents that carry something. */
const PARSERS: ReadonlyMap<string, (fields: Fields) => FromPage | null> = new Map<
  string,
  (fields: Fields) => FromPage | null
>([
  [
    'measureLonger',
    ({ budgetSeconds }) => (isNumber(budgetSeconds, 1, 3600) ? { type: 'measureLonger', budgetSeconds } : null),
  ],
  [
    'export',
    (fields) => ({ type: 'export', format: EXPORT_FORMATS.find((format) => format === fields.format) ?? null }),
  ],
  ['saveQuantized', ({ planId }) => (isText(planId, MAXIMUM_NAME) ? { type: 'saveQuantized', planId } : null)],
  [
    'compare',
    (fields) => {
      const other = COMPARED.find((each) => each === fields.with);
      return other ? { type: 'compare', with: other } : null;
    },
  ],
  ['openRun', ({ reportId }) => (isText(reportId, MAXIMUM_NAME) ? { type: 'openRun', reportId } : null)],
  ['changeChip', parseChip],
  ['changeDimensions', ({ values }) => parseShape(values)],
  [
    'remedy',
    (fields) => {
      const remedy = parseRemedy(fields.remedy);
      return remedy && { type: 'remedy', remedy };
    },
  ],
  ['changeAssumptions', ({ change }) => parseAssumptions(change)],
  ['measureThere', ({ instance }) => (isText(instance, MAXIMUM_NAME) ? { type: 'measureThere', instance } : null)],
  [
    'measured',
    ({ name, text }) =>
      isText(name, MAXIMUM_NAME) && (text === null || isText(text, MAXIMUM_MEASUREMENT))
        ? { type: 'measured', name, text }
        : null,
  ],
  ['copy', ({ text }) => (isText(text, MAXIMUM_TEXT) ? { type: 'copy', text } : null)],
  ['firstPaint', ({ atMs }) => (isNumber(atMs, 0, Number.MAX_SAFE_INTEGER) ? { type: 'firstPaint', atMs } : null)],
  ['pageError', ({ text }) => (isText(text, MAXIMUM_TEXT) ? { type: 'pageError', text } : null)],
]);

function parseChip(fields: Fields): FromPage | null {
  if (fields.chip === 'dimension')
    return isText(fields.name, MAXIMUM_NAME) ? { type: 'changeChip', chip: 'dimension', name: fields.name } : null;
  const chip = CHIPS.find((each) => each === fields.chip);
  return chip ? { type: 'changeChip', chip } : null;
}

/** Sizes that a run can have: an empty tensor has nothing to measure. */
function parseShape(value: unknown): FromPage | null {
  const values = parseDimensions(value);
  return values?.every((each) => each.value >= 1) === true ? { type: 'changeDimensions', values } : null;
}

function parseRemedy(value: unknown): PageRemedy | null {
  const fields = fieldsOf(value);
  if (!fields) return null;
  const plain = PLAIN_REMEDIES.find((type) => type === fields.type);
  if (plain) return { type: plain };
  switch (fields.type) {
    case 'profileWithMemory':
      return isNumber(fields.memoryLimitMiB, 1, 2 ** 30)
        ? { type: 'profileWithMemory', memoryLimitMiB: fields.memoryLimitMiB }
        : null;
    case 'changeDimension':
      return isText(fields.name, MAXIMUM_NAME) ? { type: 'changeDimension', name: fields.name } : null;
    case 'useDimensions': {
      const dimensions = parseDimensions(fields.dimensions);
      return dimensions && isText(fields.label, MAXIMUM_NAME)
        ? { type: 'useDimensions', dimensions, label: fields.label }
        : null;
    }
    default:
      return null;
  }
}

function parseDimensions(value: unknown): { name: string; value: number }[] | null {
  if (!Array.isArray(value) || value.length > 64) return null;
  const dimensions: { name: string; value: number }[] = [];
  for (const each of value) {
    const fields = fieldsOf(each);
    if (!fields || !isText(fields.name, MAXIMUM_NAME) || !isNumber(fields.value, 0, 2 ** 31 - 1)) return null;
    if (!Number.isInteger(fields.value)) return null;
    dimensions.push({ name: fields.name, value: fields.value });
  }
  return dimensions;
}

const fieldsOf = (value: unknown): Fields | null =>
  typeof value === 'object' && value !== null ? (value as Fields) : null;
const isText = (value: unknown, maximum: number): value is string =>
  typeof value === 'string' && value.length <= maximum;
const isNumber = (value: unknown, lowest: number, highest: number): value is number =>
  typeof value === 'number' && value >= lowest && value <= highest;
