import { EXPORT_FORMATS } from '../../core/report/exportFormats.js';
import type { FromPage, PageRemedy } from '../../protocol/webview.js';

const MAXIMUM_TEXT = 1_000_000;
const MAXIMUM_NAME = 4096;
const CHIPS = ['provider', 'threads', 'optimization', 'input'] as const;
const PLAIN = ['ready', 'profile', 'inspectOnly', 'stop', 'cancel', 'copyMarkdown', 'openReport', 'showLog'] as const;
const PLAIN_REMEDIES = ['profileAgain', 'inspectOnly', 'showLog'] as const;

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
  switch (fields.type) {
    case 'measureLonger':
      return isNumber(fields.budgetSeconds, 1, 3600)
        ? { type: 'measureLonger', budgetSeconds: fields.budgetSeconds }
        : null;
    case 'export':
      return { type: 'export', format: EXPORT_FORMATS.find((format) => format === fields.format) ?? null };
    case 'changeChip':
      return parseChip(fields);
    case 'changeDimensions':
      return parseShape(fields.values);
    case 'remedy': {
      const remedy = parseRemedy(fields.remedy);
      return remedy && { type: 'remedy', remedy };
    }
    case 'copy':
      return isText(fields.text, MAXIMUM_TEXT) ? { type: 'copy', text: fields.text } : null;
    case 'firstPaint':
      return isNumber(fields.atMs, 0, Number.MAX_SAFE_INTEGER) ? { type: 'firstPaint', atMs: fields.atMs } : null;
    case 'pageError':
      return isText(fields.text, MAXIMUM_TEXT) ? { type: 'pageError', text: fields.text } : null;
    default:
      return null;
  }
}

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
