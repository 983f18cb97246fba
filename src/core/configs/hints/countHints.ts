/** Behind the fields that say how many: money, and whether that many hold. */

import { dollars, hourlyDollars, rate } from '../../../format/money.js';
import { duration } from '../../../format/units.js';
import type { Located } from '../tree/node.js';
import type { Figures } from './figures.js';
import { diagnostic, type Hint, type HintDetails, type HintFix, inlay } from './hint.js';
import { removal } from './removal.js';
import { carriesRow, common, latencyRow, linksOf, notesOf, present, priceRow, targetFix } from './wording.js';

/** `replicas`, `initial_instance_count` and their like, floor and ceiling of an autoscaler among them. */
export function countHints(figures: Figures): Hint[] {
  const { config } = figures;
  const { count, floor, ceiling, scaledBy } = config;
  const hints: Hint[] = [];
  // The autoscaler decides: the count has no bill of its own.
  if (count && scaledBy !== null && floor && ceiling) hints.push(...overridden(figures, count, scaledBy));
  else if (count) hints.push(...countHint(figures, count));
  if (floor) hints.push(...floorHint(figures, floor));
  if (ceiling) hints.push(...ceilingHint(figures, ceiling));
  return hints;
}

function overridden(figures: Figures, count: Located<number>, scaledBy: string): Hint[] {
  const { config, context } = figures;
  const params = { scaler: scaledBy, floor: config.floor?.value ?? 0, ceiling: config.ceiling?.value ?? 0 };
  const shown = context.text('hints.replicas.scaled', params);
  const edit = removal(context.sourceText, count.field);
  const title = context.text('hints.fix.remove', { field: fieldName(count, figures), scaler: scaledBy });
  const fixes: HintFix[] = edit ? [{ title, edits: [edit], preferred: true }] : [];
  return [inlay(count.range, shown, () => detailsOf(figures, config.floor?.value ?? 1), null, fixes)];
}

function countHint(figures: Figures, count: Located<number>): Hint[] {
  const { context, config, packing, instance } = figures;
  const { text } = context;
  if (count.value === 0) return [inlay(count.range, text('hints.replicas.zero'), null)];
  if (packing && 'unfit' in packing && instance !== null)
    return [inlay(count.range, text('hints.replicas.unfit', { instance }), () => detailsOf(figures, count.value))];
  const words = config.unit === 'copies' ? copiesText(figures, count.value) : countText(figures, count.value);
  if (words === null) return [];
  const noRate = figures.rate === null && config.unit !== 'copies' && !figures.isJob;
  const action = noRate ? { label: text('hints.action.setRate'), action: { type: 'setRate' as const } } : null;
  return [
    inlay(count.range, words, () => detailsOf(figures, count.value), action),
    ...targetDiagnostic(figures, count),
  ];
}

function copiesText(figures: Figures, count: number): string {
  const { text } = figures.context;
  if (figures.config.kind === 'Model') return text('hints.replicas.shared');
  const each = figures.carriedByOne(count);
  if (!each) return text.plural('hints.copies.unmeasured', count);
  return text.plural('hints.copies', count, { carries: rate(each.low) });
}

/** Money first, then what it holds; what is not known is left out or said. */
function countText(figures: Figures, count: number): string | null {
  const { context, instance } = figures;
  const { text } = context;
  const usd = figures.usdPerMonth(count);
  const machines = figures.machines(count);
  if (figures.isJob)
    return machines === null || figures.usdPerHour === null
      ? null
      : text('hints.replicas.job', { money: hourlyDollars(machines * figures.usdPerHour) });
  const latency = figures.latency(count);
  const carried = figures.carried(count);
  const money = usd === null ? null : dollars(usd);
  if (latency) return latencyText(figures, count, money);
  if (money === null) {
    if (figures.price !== null && figures.price.price === null)
      return text('hints.noPrice', { instance: instance ?? '' });
    return carried ? text('hints.replicas.carries', { carries: between(carried.low, carried.high) }) : null;
  }
  if (carried && carried.basis !== 'here')
    return text('hints.replicas.between', { money, low: rate(carried.low), high: rate(carried.high) });
  if (figures.rate === null) return text('hints.replicas.list', { money });
  return text('hints.replicas.unmeasured', { money, instance: instance ?? '' });
}

function latencyText(figures: Figures, count: number, money: string | null): string {
  const { text } = figures.context;
  const percentileNs = figures.latency(count)?.percentileNs ?? null;
  const words = { ...common(figures), money: money ?? '' };
  if (percentileNs === null) {
    const carries = rate(figures.carried(count)?.low ?? 0);
    return text(money === null ? 'hints.replicas.noMoneyOverload' : 'hints.replicas.overload', { ...words, carries });
  }
  const latency = duration(percentileNs);
  const over = figures.targetNs !== null && percentileNs > figures.targetNs;
  if (money === null)
    return text(over ? 'hints.replicas.noMoneyOver' : 'hints.replicas.noMoney', { ...words, latency });
  return text(over ? 'hints.replicas.over' : 'hints.replicas.rate', { ...words, latency });
}

const between = (low: number, high: number): string => (low === high ? rate(low) : `${rate(low)}–${rate(high)}`);

/** A Warning only where a rate is set and this count cannot hold it. */
function targetDiagnostic(figures: Figures, count: Located<number>): Hint[] {
  const { text } = figures.context;
  if (figures.config.unit === 'copies' || figures.isJob || figures.holds(count.value) !== false) return [];
  const field = fieldName(count, figures);
  const words = { ...common(figures), field, count: count.value };
  const unreachable = figures.outOfReach();
  if (unreachable)
    return [
      diagnostic(
        'warning',
        'target',
        count.field,
        text('hints.diagnostic.outOfReach', { reason: text.message(unreachable) }),
        [targetFix(figures)],
      ),
    ];
  const latency = figures.latency(count.value)?.percentileNs ?? null;
  const message =
    latency === null
      ? text('hints.diagnostic.overload', { ...words, carries: rate(figures.carried(count.value)?.low ?? 0) })
      : text('hints.diagnostic.target', { ...words, latency: duration(latency) });
  // What carries too little holds no target.
  const fixes = [...cheapestFix(figures, count), ...(latency === null ? [] : [targetFix(figures)])];
  return [diagnostic('warning', 'target', count.field, message, fixes, () => detailsOf(figures, count.value))];
}

/** The cheapest count that holds, with its effect in the title. */
function cheapestFix(figures: Figures, count: Located<number>): HintFix[] {
  const { text } = figures.context;
  const cheapest = figures.cheapest();
  if (cheapest === null || cheapest === count.value) return [];
  const latency = duration(figures.latency(cheapest)?.percentileNs ?? null);
  const usd = figures.usdPerMonth(cheapest);
  const words = { ...common(figures), field: fieldName(count, figures), count: cheapest, latency };
  const title =
    usd === null ? text('hints.fix.count', words) : text('hints.fix.countMoney', { ...words, money: dollars(usd) });
  return [{ title, edits: [{ range: count.range, text: String(cheapest) }], preferred: true }];
}

/** The key as written stands before the value; the field's usual name where only the value is known. */
const fieldName = (count: Located<number>, figures: Figures): string => {
  const { sourceText } = figures.context;
  const key = /^["']?([\w.-]{1,60})/.exec(sourceText.slice(count.field.start, count.range.start))?.[1];
  return key ?? figures.context.text('hints.field.count');
};

function floorHint(figures: Figures, floor: Located<number>): Hint[] {
  const { text } = figures.context;
  if (figures.config.unit === 'copies') return [];
  if (floor.value === 0) return [inlay(floor.range, text('hints.floor.zero'), null)];
  const usd = figures.usdPerMonth(floor.value);
  if (usd === null) return [];
  return [inlay(floor.range, text('hints.floor', { money: dollars(usd) }), () => detailsOf(figures, floor.value))];
}

function ceilingHint(figures: Figures, ceiling: Located<number>): Hint[] {
  const { text } = figures.context;
  if (figures.config.unit === 'copies' || ceiling.value === 0) return [];
  const usd = figures.usdPerMonth(ceiling.value);
  const carried = figures.carried(ceiling.value);
  const warnings = targetDiagnostic(figures, ceiling);
  if (usd === null) return warnings;
  const money = dollars(usd);
  const words = carried
    ? text('hints.ceiling.holds', { money, carries: between(carried.low, carried.high) })
    : text('hints.ceiling', { money });
  return [inlay(ceiling.range, words, () => detailsOf(figures, ceiling.value)), ...warnings];
}

/** The hover: the parts of the sum, what carries, how long requests take, and the count that would do. */
export function detailsOf(figures: Figures, count: number): HintDetails {
  const { context, config } = figures;
  const { text } = context;
  const usd = figures.usdPerMonth(count);
  const { instance } = figures;
  const title =
    usd === null
      ? instance !== null && figures.price?.price === null
        ? text('hints.title.unknown', { instance })
        : text('hints.title.model', { model: config.name ?? config.kind })
      : text('hints.title.month', { money: dollars(usd), kind: config.kind });
  const rows = present(
    priceRow(figures, count),
    carriesRow(figures, count),
    latencyRow(figures, count),
    otherRow(figures, count),
  );
  const notes = [
    ...(figures.price?.price === null ? [text.message(figures.price.reason), text('hints.note.addPrice')] : []),
    ...notesOf(figures),
  ];
  return { title, rows, notes, links: linksOf(figures, count) };
}

/** What the next smaller count, or the cheapest that holds, would come to. */
function otherRow(figures: Figures, count: number): HintDetails['rows'][number] | null {
  const { text } = figures.context;
  const cheapest = figures.cheapest();
  if (cheapest === null) return null;
  const other = cheapest === count ? count - 1 : cheapest;
  if (other < 1) return null;
  const holds = other === cheapest;
  const usd = figures.usdPerMonth(other);
  const words = { ...common(figures) };
  return {
    cells: [
      text('hints.row.other', { count: other, field: text('hints.field.count') }),
      '',
      usd === null ? '' : dollars(usd),
      text(holds ? 'hints.row.otherHolds' : 'hints.row.otherMisses', words),
    ],
  };
}
