/** What the next run uses; in a document plain labels. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { chips, type Chip } from '../../src/format/views/chips.js';
import { measuredOtherwise } from '../../src/format/views/measuredOtherwise.js';
import { plainName } from '../../src/format/views/names.js';
import { icon } from '../controls/icon.js';
import { menuButton } from '../controls/menu.js';
import type { Context } from '../context.js';
import { dimensionChip } from './dimensionForm.js';

export function chipRow(context: Context): TemplateResult {
  const { state, text, live } = context;
  return html`<div class="chips" role=${live ? 'toolbar' : 'group'} data-roving aria-label=${text('page.chips')}>
      ${scenarioChip(context)}
      ${chips(state.choices, state.report, text).map((chip) => (live ? liveChip(context, chip) : plainChip(context, chip)))}
    </div>
    ${live ? otherwiseNote(context) : nothing}`;
}

/** After a choice whose run was cancelled, or stands before a question: no figure stands below conditions not its own. */
function otherwiseNote({ state, index, text }: Context): TemplateResult | typeof nothing {
  if (state.run || state.starting === true || !index) return nothing;
  const sentence = measuredOtherwise(state.choices, index.report, index.scenario, text);
  return sentence === null ? nothing : html`<p class="chips-note">${icon('info')}<span>${sentence}</span></p>`;
}

const classOf = (chip: Chip): string => `chip ${chip.assumed ? 'assumed' : ''}`;

function content({ text }: Context, chip: Chip): TemplateResult {
  return html`${chip.name === '' ? nothing : html`<span class="chip-name">${chip.name}</span>`}<span
      >${chip.assumed && chip.kind === 'dimension' ? text('page.chip.assumed', { value: chip.value }) : chip.value}</span
    >`;
}

const plainChip = (context: Context, chip: Chip): TemplateResult =>
  html`<span class=${classOf(chip)}>${content(context, chip)}</span>`;

function liveChip(context: Context, chip: Chip): TemplateResult {
  const shown = html`${content(context, chip)}${icon('chevron-down')}`;
  if (chip.kind === 'dimension') return dimensionChip(context, chip, classOf(chip), shown);
  const { kind } = chip;
  return html`<button
    type="button"
    class=${classOf(chip)}
    title=${chip.title}
    data-chip=${kind}
    data-roving-item
    ?disabled=${context.state.run !== null}
    @click=${() => {
      context.actions.post({ type: 'changeChip', chip: kind });
    }}
  >
    ${shown}
  </button>`;
}

/** Several bindings in one report: which one is shown. */
function scenarioChip(context: Context): TemplateResult | typeof nothing {
  const scenarios = context.state.report?.scenarios ?? [];
  if (scenarios.length < 2) return nothing;
  const shown = context.index?.scenario;
  return menuButton(context, {
    id: 'scenario',
    className: 'chip',
    label: null,
    content: html`<span class="chip-name">${context.text('page.scenario')}</span
      ><span>${plainName(shown?.label ?? '')}</span>${icon('chevron-down')}`,
    items: scenarios.slice(0, 100).map((scenario) => ({
      label: plainName(scenario.label),
      checked: scenario.id === shown?.id,
      onSelect: () => {
        context.actions.change({ scenarioId: scenario.id, expanded: [], module: null });
      },
    })),
  });
}
