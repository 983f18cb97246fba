/** What the next run would use, as chips; what nobody stated says so. */

import type { Report, ValueSummary } from '../../protocol/report.js';
import type { PageChoices } from '../../protocol/webview.js';
import type { Text } from '../text/text.js';
import { integer } from '../units.js';
import { providerName } from './headline.js';
import { plainName, shortenMiddle } from './names.js';

export interface Chip {
  id: string;
  kind: 'dimension' | 'provider' | 'threads' | 'optimization' | 'input';
  /** Faint, in front of the value; '' for none. */
  name: string;
  value: string;
  assumed: boolean;
  title: string;
  /** For dimension chips: which ones it stands for. */
  dimensions: { name: string; label: string; value: number; assumed: boolean }[];
}

type ChosenDimension = PageChoices['dimensions'][number];

const MOST_DIMENSION_CHIPS = 4;

export function chips(choices: PageChoices, report: Report | null, text: Text): Chip[] {
  return [
    ...dimensionChips(choices.dimensions, report, text),
    plain('provider', '', providerName(choices.provider, text), text),
    plain(
      'threads',
      '',
      choices.threads === 0
        ? text('page.chip.threadsDefault')
        : text.plural('page.chip.threads', choices.threads, { number: integer(choices.threads) }),
      text,
    ),
    plain('optimization', '', text(`page.optimization.${choices.optimization}`), text),
    {
      ...plain(
        'input',
        text('page.chip.input'),
        choices.input === 'synthetic'
          ? text('page.chip.synthetic', { seed: choices.seed })
          : shortenMiddle(choices.input, 32),
        text,
      ),
      assumed: choices.inputAssumed,
    },
  ];
}

function plain(kind: Chip['kind'], name: string, value: string, text: Text): Chip {
  return { id: kind, kind, name, value, assumed: false, title: text(`page.chip.${kind}.title`), dimensions: [] };
}

/** One chip with the input's whole shape where one input has all open dimensions, else a chip for each symbol. */
function dimensionChips(dimensions: readonly ChosenDimension[], report: Report | null, text: Text): Chip[] {
  if (dimensions.length === 0) return [];
  const only = inputOfAll(dimensions, report);
  if (only) return [shapeChip(only, dimensions, text)];
  const shown = dimensions.length > MOST_DIMENSION_CHIPS ? dimensions.slice(0, MOST_DIMENSION_CHIPS - 1) : dimensions;
  const rest = dimensions.slice(shown.length);
  const one = shown.map((dimension) => ({
    ...plain('dimension', shortenMiddle(dimension.name, 24), integer(dimension.value), text),
    id: `dimension:${dimension.name}`,
    assumed: dimension.assumed,
    dimensions: [entry(dimension, text)],
  }));
  if (rest.length === 0) return one;
  const more: Chip = {
    ...plain('dimension', '', text('page.more', { number: rest.length }), text),
    id: 'dimension:more',
    assumed: rest.some((dimension) => dimension.assumed),
    dimensions: rest.map((dimension) => entry(dimension, text)),
  };
  return [...one, more];
}

const entry = (dimension: ChosenDimension, text: Text): Chip['dimensions'][number] => ({
  name: dimension.name,
  value: dimension.value,
  assumed: dimension.assumed,
  label: text(dimension.assumed ? 'page.chip.dimensionAssumed' : 'page.chip.dimension', {
    name: plainName(dimension.name),
  }),
});

const dimensionName = (input: ValueSummary, axis: number): string => {
  const declared = input.shape?.[axis];
  return typeof declared === 'string' && declared !== '' ? declared : `${input.name}:${axis}`;
};

function inputOfAll(dimensions: readonly ChosenDimension[], report: Report | null): ValueSummary | null {
  const open = (report?.model.inputs ?? []).filter((input) => input.shape?.some((size) => typeof size !== 'number'));
  const input = open[0];
  if (open.length !== 1 || !input?.shape) return null;
  const names = new Set(input.shape.map((size, axis) => (typeof size === 'number' ? '' : dimensionName(input, axis))));
  return dimensions.every((dimension) => names.has(dimension.name)) ? input : null;
}

function shapeChip(input: ValueSummary, dimensions: readonly ChosenDimension[], text: Text): Chip {
  const values = new Map(dimensions.map((dimension) => [dimension.name, dimension.value]));
  const sizes = (input.shape ?? []).map((size, axis) =>
    typeof size === 'number' ? size : (values.get(dimensionName(input, axis)) ?? '?'),
  );
  return {
    ...plain('dimension', shortenMiddle(input.name, 20), sizes.join(' × '), text),
    id: 'dimension:shape',
    assumed: dimensions.some((dimension) => dimension.assumed),
    dimensions: dimensions.map((dimension) => entry(dimension, text)),
  };
}
