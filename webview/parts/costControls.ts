/** A control for every assumption; a change asks the host after a short pause in typing. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { CostAssumptions, CostSection } from '../../src/protocol/cost.js';
import { readHours } from '../../src/format/views/costHours.js';
import { iconButton } from '../controls/button.js';
import type { Context } from '../context.js';

const PAUSE_MS = 250;
const MOST_BATCH = 1024;
const MOST_DELAY_MS = 60_000;
const MOST_SPARE = 100;
const PERCENTILES = [50, 90, 95, 99, 99.9];

let pending: ReturnType<typeof setTimeout> | undefined;

/** At once when the field is left, else when the typing pauses. */
function ask({ actions }: Context, change: Partial<CostAssumptions>, atOnce: boolean): void {
  clearTimeout(pending);
  const post = (): void => {
    actions.post({ type: 'changeAssumptions', change });
  };
  if (atOnce) post();
  else pending = setTimeout(post, PAUSE_MS);
}

export function costControls(context: Context, { assumptions }: CostSection): TemplateResult {
  const { text, live, actions } = context;
  if (!live) return html``;
  return html`<form
    class="cost-controls"
    aria-label=${text('page.cost.controls')}
    @submit=${(event: Event) => {
      event.preventDefault();
    }}
  >
    ${traffic(context, assumptions)} ${machines(context, assumptions)}
    <span class="cost-break" aria-hidden="true"></span>
    ${room(context, assumptions)} ${batching(context, assumptions)}
    ${choice(context, {
      id: 'purchase',
      label: text('page.cost.purchase'),
      options: (['onDemand', 'spot'] as const).map((one) => [one, text(`page.cost.purchase.${one}`)]),
      value: assumptions.purchase,
      change: (value) => ({ purchase: value === 'spot' ? 'spot' : 'onDemand' }),
    })}
    <div class="cost-share">
      ${iconButton({
        id: 'share-assumptions',
        label: text('page.cost.share'),
        icon: 'json',
        onClick: () => {
          actions.post({ type: 'shareAssumptions' });
        },
      })}
    </div>
  </form>`;
}

/** How much comes, and what it must hold. */
function traffic(context: Context, assumptions: CostAssumptions): TemplateResult {
  const { text } = context;
  return html`${number(
    context,
    { id: 'rate', label: text('page.cost.rate'), unit: text('page.cost.rateUnit'), lowest: 0, of: 'rate' },
    assumptions,
  )}
  ${hours(context, assumptions)}
  ${choice(context, {
    id: 'percentile',
    label: text('page.cost.percentile'),
    options: PERCENTILES.map((one) => [String(one), text('page.cost.percentileOf', { percentile: one })]),
    value: String(assumptions.percentile),
    change: (value) => ({ percentile: Number(value) }),
  })}
  ${number(
    context,
    { id: 'target', label: text('page.cost.target'), unit: 'ms', lowest: 0, of: 'targetMs' },
    assumptions,
  )}`;
}

/** Which of them are weighed, and which this one is. */
function machines(context: Context, assumptions: CostAssumptions): TemplateResult {
  const { text, state } = context;
  const { regions = [], instances = [] } = state.cost ?? {};
  return html`${choice(context, {
    id: 'region',
    label: text('page.cost.region'),
    options: regions.map((one) => [one, one]),
    value: assumptions.region ?? regions[0] ?? '',
    change: (region) => ({ region }),
  })}
  ${words(context, assumptions)}
  ${choice(context, {
    id: 'this',
    label: text('page.cost.thisMachine'),
    options: [['', text('page.cost.thisMachine.none')], ...instances.map((one): [string, string] => [one, one])],
    value: assumptions.thisMachine ?? '',
    change: (value) => ({ thisMachine: value === '' ? null : value }),
  })}`;
}

/** What is kept free. */
function room(context: Context, assumptions: CostAssumptions): TemplateResult {
  const { text } = context;
  return html`${number(
    context,
    { id: 'headroom', label: text('page.cost.headroom'), unit: '%', lowest: 0, of: 'headroomPercent' },
    assumptions,
  )}
  ${number(
    context,
    {
      ...{ id: 'spare', label: text('page.cost.spare'), title: text('page.cost.spareTitle'), unit: '' },
      ...{ lowest: 0, highest: MOST_SPARE, whole: true, of: 'spareReplicas' },
    },
    assumptions,
  )}`;
}

function batching(context: Context, assumptions: CostAssumptions): TemplateResult {
  const { text } = context;
  return html`${number(
    context,
    {
      ...{ id: 'batch', label: text('page.cost.maxBatch'), title: text('page.cost.maxBatchTitle'), unit: '' },
      ...{ lowest: 1, highest: MOST_BATCH, whole: true, of: 'maxBatch' },
    },
    assumptions,
  )}
  ${number(
    context,
    {
      ...{ id: 'delay', label: text('page.cost.queueDelay'), title: text('page.cost.queueDelayTitle'), unit: 'ms' },
      ...{ lowest: 0, highest: MOST_DELAY_MS, of: 'queueDelayMs' },
    },
    assumptions,
  )}`;
}

interface NumberField {
  id: string;
  label: string;
  unit: string;
  lowest: number;
  highest?: number;
  whole?: boolean;
  title?: string;
  of: 'rate' | 'targetMs' | 'headroomPercent' | 'spareReplicas' | 'maxBatch' | 'queueDelayMs';
}

/** What a field has where nobody set it; the others may be none. */
const ALWAYS: Partial<Record<NumberField['of'], number | null>> = {
  headroomPercent: null,
  spareReplicas: 0,
  maxBatch: 1,
  queueDelayMs: 0,
};

/** What stands in a field that is being typed in stays there. */
const shownIn = (id: string, value: string): string => {
  const field = document.activeElement;
  return field instanceof HTMLInputElement && field.id === id ? field.value : value;
};

function number(
  context: Context,
  { id, label, unit, lowest, highest = 1e12, whole = false, title = '', of }: NumberField,
  assumptions: CostAssumptions,
): TemplateResult {
  const fieldId = `cost-${id}`;
  const value = assumptions[of] ?? ALWAYS[of] ?? null;
  const take = (event: Event, atOnce: boolean): void => {
    const field = event.target as HTMLInputElement;
    const typed = field.value.trim().replace(',', '.');
    const parsed = typed === '' ? null : Number(typed);
    const within = parsed !== null && parsed >= lowest && parsed <= highest && (!whole || Number.isInteger(parsed));
    const wrong = parsed !== null && !within;
    field.setAttribute('aria-invalid', String(wrong));
    const told = context.text(whole ? 'page.cost.notWhole' : 'page.cost.notNumber', { lowest, highest });
    field.title = wrong ? told : title;
    // Headroom has a value always; a rate may be none.
    if (wrong || (parsed === null && of in ALWAYS) || parsed === value) return;
    ask(context, { [of]: parsed }, atOnce);
  };
  return html`<label class="cost-field"
    ><span>${label}</span
    ><span class="cost-input ${id}"
      ><input
        id=${fieldId}
        type="text"
        inputmode="decimal"
        maxlength="14"
        spellcheck="false"
        autocomplete="off"
        title=${title === '' ? nothing : title}
        placeholder=${context.text('page.cost.unset')}
        .value=${shownIn(fieldId, value === null ? '' : String(value))}
        @input=${(event: Event) => {
          take(event, false);
        }}
        @change=${(event: Event) => {
          take(event, true);
        }}
      />${unit === '' ? nothing : html`<span class="faint" aria-hidden="true">${unit}</span>`}</span
    ></label
  >`;
}

/** Asked for once the field is left: half a list is no list. */
function hours(context: Context, { hourly }: CostAssumptions): TemplateResult {
  const { text } = context;
  return wideField(context, {
    id: 'cost-hourly',
    key: 'hourly',
    maximum: 2500,
    value: hourly?.join(' ') ?? '',
    take: (field, left) => {
      if (!left) return;
      const read = readHours(field.value, text);
      field.setAttribute('aria-invalid', String('wrong' in read));
      field.title = 'wrong' in read ? read.wrong : text('page.cost.hourlyTitle');
      if ('hourly' in read && String(read.hourly) !== String(hourly)) ask(context, { hourly: read.hourly }, true);
    },
  });
}

const words = (context: Context, { instances }: CostAssumptions): TemplateResult =>
  wideField(context, {
    id: 'cost-machines',
    key: 'machines',
    maximum: 200,
    value: instances ?? '',
    take: (field, left) => {
      const typed = field.value.trim();
      ask(context, { instances: typed === '' ? null : typed }, left);
    },
  });

interface WideField {
  id: string;
  /** Of the catalogue: its label, its title and its hint. */
  key: 'hourly' | 'machines';
  maximum: number;
  value: string;
  take: (field: HTMLInputElement, left: boolean) => void;
}

function wideField({ text }: Context, { id, key, maximum, value, take }: WideField): TemplateResult {
  return html`<label class="cost-field wide"
    ><span>${text(`page.cost.${key}`)}</span
    ><span class="cost-input ${key}"
      ><input
        id=${id}
        title=${text(`page.cost.${key}Title`)}
        type="text"
        maxlength=${maximum}
        spellcheck="false"
        autocomplete="off"
        placeholder=${text(`page.cost.${key}Hint`)}
        .value=${shownIn(id, value)}
        @input=${(event: Event) => {
          take(event.target as HTMLInputElement, false);
        }}
        @change=${(event: Event) => {
          take(event.target as HTMLInputElement, true);
        }} /></span
  ></label>`;
}

interface Choice {
  id: string;
  label: string;
  options: [value: string, label: string][];
  value: string;
  change: (value: string) => Partial<CostAssumptions>;
}

function choice(context: Context, { id, label, options, value, change }: Choice): TemplateResult {
  const known = options.some(([one]) => one === value);
  const all = known || value === '' ? options : [[value, value] as [string, string], ...options];
  return html`<label class="cost-field"
    ><span>${label}</span
    ><select
      id="cost-${id}"
      @change=${(event: Event) => {
        ask(context, change((event.target as HTMLSelectElement).value), true);
      }}
    >
      ${all.map(([one, name]) => html`<option value=${one} ?selected=${one === value}>${name}</option>`)}</select
    >${nothing}</label
  >`;
}
