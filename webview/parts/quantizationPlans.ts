/** The table of plans: the same as the chart says, to the digit. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { byteUnit, decimal, integer, inUnit, type Unit } from '../../src/format/units.js';
import { planNotes, trialNotes } from '../../src/format/views/quantizationNotes.js';
import type { PlanRow, QuantizationView } from '../../src/format/views/quantization.js';
import { answersText } from '../../src/format/views/quantizationVerdict.js';
import { iconButton } from '../controls/button.js';
import { icon } from '../controls/icon.js';
import type { Context } from '../context.js';
import { howButton } from './how.js';
import { labelsButton } from './labelsButton.js';

interface Column {
  label: string;
  number: boolean;
  wide: boolean;
  cell: (row: PlanRow) => string | TemplateResult;
}

export function planTable(context: Context, view: QuantizationView, chosen: PlanRow | null): TemplateResult {
  const { text } = context;
  const all = columns(context, view);
  return html`<section class="quant-compared" aria-labelledby="quant-compared-title">
    <div class="section-head">
      <h2 id="quant-compared-title">${text('page.quant.compared')}</h2>
      <span class="spring"></span>
      ${howButton(context, 'plans', text('page.quant.compared'))}
    </div>
    <table class="plain-table quant-plans" data-roving="vertical" aria-labelledby="quant-compared-title">
      <thead>
        <tr>
          ${all.map(({ label, number, wide }) => html`<th scope="col" class=${classOf(number, wide)}>${label}</th>`)}
          ${context.live ? html`<th scope="col"><span class="visually-hidden">${text('page.quant.column.save')}</span></th>` : nothing}
        </tr>
      </thead>
      <tbody>
        ${view.plans.map((row) => planRow(context, view, row, all, row.plan.id === chosen?.plan.id))}
      </tbody>
    </table>
    ${notes(context, view)}
  </section>`;
}

const classOf = (number: boolean, wide: boolean): string => `${number ? 'number' : ''} ${wide ? 'wide-only' : ''}`;

function columns(context: Context, view: QuantizationView): Column[] {
  const { text } = context;
  const { plans, synthetic } = view;
  const unknown = html`<span class="faint">${text('page.unknown')}</span>`;
  const has = (test: (row: PlanRow) => boolean): boolean => plans.some((row) => row.measured !== null && test(row));
  const file = byteUnit(Math.max(1, ...plans.map(({ measured }) => measured?.fileBytes ?? 0)));
  const column = (label: string, cell: Column['cell'], wide = false): Column => ({ label, number: true, wide, cell });
  return [
    { label: text('page.quant.column.plan'), number: false, wide: false, cell: (row) => planName(context, row) },
    column(
      text('page.quant.column.layers'),
      ({ plan, sizeOnly }) =>
        sizeOnly
          ? '–'
          : text('page.quant.ofLayers', { count: integer(plan.assignments.length), total: integer(view.layerCount) }),
      true,
    ),
    column(text('page.quant.column.speedup'), ({ measured }) => (measured ? speedup(measured) : '–')),
    column(text('page.quant.column.sqnr'), ({ measured }) =>
      synthetic || measured?.sqnrDb == null ? unknown : decimal(measured.sqnrDb, 1),
    ),
    // Against labels there is an accuracy that says more, and no room for both.
    ...(synthetic || has(({ measured }) => measured?.accuracy != null)
      ? []
      : [column(text('page.quant.column.cosine'), ({ measured }) => decimal(measured?.cosine ?? null, 4), true)]),
    ...(has(({ measured }) => measured?.agreement != null)
      ? [column(text('page.quant.column.answers'), ({ measured }) => (measured ? answersText(measured, text) : '–'))]
      : []),
    ...labelColumns(context, has),
    ...memoryColumn(context, plans),
    column(text('page.quant.column.file', { unit: file.label }), ({ measured }) =>
      bytesIn(measured?.fileBytes ?? null, file),
    ),
  ];
}

const bytesIn = (value: number | null, unit: Unit): string => inUnit(value, unit, unit.scale === 1 ? 0 : 1);

function labelColumns({ text }: Context, has: (test: (row: PlanRow) => boolean) => boolean): Column[] {
  if (!has(({ measured }) => measured?.accuracy != null)) return [];
  const cell =
    (float: 'float' | 'eceFloat', quantized: 'quantized' | 'eceQuantized'): Column['cell'] =>
    ({ measured }) => {
      const accuracy = measured?.accuracy;
      if (!accuracy) return '–';
      return html`${decimal(accuracy[quantized] * 100, 1)}
        <span class="faint">${decimal(accuracy[float] * 100, 1)}</span>`;
    };
  return [
    { label: text('page.quant.column.accuracy'), number: true, wide: false, cell: cell('float', 'quantized') },
    { label: text('page.quant.column.ece'), number: true, wide: true, cell: cell('eceFloat', 'eceQuantized') },
  ];
}

function memoryColumn({ text }: Context, plans: readonly PlanRow[]): Column[] {
  const known = plans.map(({ measured }) => measured?.peakResidentBytes ?? null);
  const most = Math.max(0, ...known.map((one) => one ?? 0));
  if (most === 0) return [];
  const unit = byteUnit(most);
  const cell: Column['cell'] = ({ measured }) => bytesIn(measured?.peakResidentBytes ?? null, unit);
  return [{ label: text('page.quant.column.memory', { unit: unit.label }), number: true, wide: true, cell }];
}

const speedup = ({ speedup: factor, speedupInterval: [low, high] }: NonNullable<PlanRow['measured']>): TemplateResult =>
  html`${decimal(factor, 2)} <span class="faint">${decimal(low, 2)}–${decimal(high, 2)}</span>`;

function tagOf({
  recommended,
  meetsTarget,
  sizeOnly,
  measured,
}: PlanRow): 'recommended' | 'below' | 'sizeOnly' | 'refused' | null {
  if (measured === null) return 'refused';
  if (recommended) return 'recommended';
  if (sizeOnly) return 'sizeOnly';
  return meetsTarget === false ? 'below' : null;
}

function planName({ text }: Context, row: PlanRow): TemplateResult {
  const tag = tagOf(row);
  return html`<span class="quant-star">${row.recommended ? icon('star-full', 'good') : nothing}</span>${row.letter} ·
    ${row.name} ${tag === null ? nothing : html`<span class="faint">${text(`page.quant.tag.${tag}`)}</span>`}`;
}

function planRow(
  context: Context,
  view: QuantizationView,
  row: PlanRow,
  all: readonly Column[],
  chosen: boolean,
): TemplateResult {
  const { text, ui, actions } = context;
  const { id } = row.plan;
  const choose = (): void => {
    actions.change({ quantization: { ...ui.quantization, planId: id } });
  };
  return html`<tr class="quant-plan ${chosen ? 'chosen' : ''}" data-plan=${id} @click=${choose}>
    ${all.map(({ number, wide, cell }, position) =>
      position === 0
        ? html`<th scope="row" class="quant-name">
            <button
              type="button"
              class="quant-choose"
              aria-pressed=${String(chosen)}
              title=${failureOf(context, row) ?? text('page.quant.showPlan', { letter: row.letter })}
              data-roving-item
              ?data-roving-first=${chosen}
            >
              ${cell(row)}
            </button>
          </th>`
        : html`<td class=${classOf(number, wide)}>${cell(row)}</td>`,
    )}
    ${context.live ? html`<td class="quant-save">${row.measured ? saveIcon(context, view, row) : nothing}</td>` : nothing}
  </tr>`;
}

const failureOf = ({ text }: Context, { plan }: PlanRow): string | null =>
  plan.failure ? text.message(plan.failure) : null;

function saveIcon({ text, actions, state }: Context, _view: QuantizationView, row: PlanRow): TemplateResult {
  return iconButton({
    label: text('page.quant.savePlan', { letter: row.letter }),
    icon: 'save',
    disabled: state.run !== null,
    onClick: (event) => {
      event.stopPropagation();
      actions.post({ type: 'saveQuantized', planId: row.plan.id });
    },
  });
}

function notes(context: Context, view: QuantizationView): TemplateResult {
  const { text } = context;
  const told = trialNotes(view.section, text);
  return html`<p class="note quant-notes">
      ${planNotes(view, text).join(' ')} ${view.synthetic ? nothing : labelsButton(context)}
    </p>
    ${
      told.length === 0
        ? nothing
        : html`<ul class="notes quant-told">
            ${told.slice(0, 20).map((note) => html`<li>${icon('info')}<span>${note}</span></li>`)}
          </ul>`
    }`;
}
