/** A chip with a small form below it: every dimension that it stands for at once, then one run. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { integer } from '../../src/format/units.js';
import type { Chip } from '../../src/format/views/chips.js';
import { plainName } from '../../src/format/views/names.js';
import { button } from '../controls/button.js';
import { middleEllipsis } from '../controls/middleEllipsis.js';
import type { Context } from '../context.js';

const LARGEST = 2 ** 31 - 1;

/** null for what is no size. */
export function readSize(typed: string): number | null {
  const value = /^\s*\d{1,10}\s*$/.test(typed) ? Number(typed) : NaN;
  return value >= 1 && value <= LARGEST ? value : null;
}

export function dimensionChip(
  context: Context,
  chip: Chip,
  className: string,
  content: TemplateResult,
): TemplateResult {
  const { actions, openMenu, state } = context;
  const id = `chip-${chip.id.replace(/[^\w-]/g, '-')}`;
  const open = openMenu === id;
  return html`<span class="menu-anchor">
    <button
      type="button"
      id=${id}
      class=${className}
      title=${chip.title}
      aria-haspopup="dialog"
      aria-expanded=${String(open)}
      data-chip="dimension"
      data-roving-item
      ?disabled=${state.run !== null}
      @click=${() => {
        actions.toggleMenu(open ? null : id);
        if (!open) actions.reveal(`#${CSS.escape(id)}-form input`);
      }}
    >
      ${content}
    </button>
    ${open ? form(context, chip, id) : nothing}
  </span>`;
}

function form(context: Context, chip: Chip, id: string): TemplateResult {
  const { text, actions } = context;
  const close = (): void => {
    actions.toggleMenu(null);
    actions.reveal(`#${CSS.escape(id)}`);
  };
  const submit = (event: Event): void => {
    const fields = [...((event.target as HTMLElement).closest('.chip-form')?.querySelectorAll('input') ?? [])];
    const values = fields.map((field) => readSize(field.value));
    const wrong = values.indexOf(null);
    for (const [position, field] of fields.entries())
      field.setAttribute('aria-invalid', String(values[position] === null));
    if (wrong >= 0) {
      fields[wrong]?.focus();
      return;
    }
    close();
    actions.post({
      type: 'changeDimensions',
      values: chip.dimensions.map(({ name }, position) => ({ name, value: values[position] ?? 1 })),
    });
  };
  const onKey = (event: KeyboardEvent): void => {
    // Arrows move in the field, not between chips.
    if (event.key.startsWith('Arrow') || event.key === 'Home' || event.key === 'End') event.stopPropagation();
    if (event.key === 'Escape') {
      event.stopPropagation();
      close();
    } else if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
      event.preventDefault();
      submit(event);
    }
  };
  return html`<div
    id="${id}-form"
    class="menu chip-form"
    role="dialog"
    aria-label=${text('page.chip.form')}
    @keydown=${onKey}
  >
    ${chip.dimensions.map((dimension) => field(dimension, id))}
    <p class="note form-rule" id="${id}-rule">${text('page.chip.form.invalid', { most: integer(LARGEST) })}</p>
    <div class="right">
      ${button({ id: `${id}-run`, label: text('page.chip.form.run'), primary: true, onClick: submit })}
    </div>
  </div>`;
}

const field = ({ name, label, value, assumed }: Chip['dimensions'][number], id: string): TemplateResult =>
  html`<label title=${label}
    ><span class="form-name">${middleEllipsis(plainName(name))}</span
    ><input
      type="text"
      class=${assumed ? 'assumed' : ''}
      inputmode="numeric"
      maxlength="10"
      spellcheck="false"
      aria-describedby="${id}-rule"
      .value=${String(value)}
      @focus=${(event: FocusEvent) => {
        (event.target as HTMLInputElement).select();
      }}
  /></label>`;
