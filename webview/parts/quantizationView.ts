/** Quantization: the verdict with its one primary button, plans as chart and table, every layer. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { live as liveValue } from 'lit/directives/live.js';
import { integer } from '../../src/format/units.js';
import {
  quantizationView as viewOf,
  sectionFor,
  targetOf,
  type PlanRow,
  type QuantizationView,
} from '../../src/format/views/quantization.js';
import { verdictOf, verdictText } from '../../src/format/views/quantizationVerdict.js';
import { button, iconButton } from '../controls/button.js';
import { rich } from '../controls/facts.js';
import { icon } from '../controls/icon.js';
import type { Context } from '../context.js';
import { failureBanner, staleBanner } from './banners.js';
import { howButton } from './how.js';
import { planChart } from './quantizationChart.js';
import { trialEmpty, tryAgainLabel } from './quantizationEmpty.js';
import { layerTable } from './quantizationLayers.js';
import { planTable } from './quantizationPlans.js';
import { viewOfTask } from './taskView.js';
import { trialRunning } from './trialRunning.js';

/** What may be asked to be kept, in dB. */
const TARGETS = [10, 15, 17, 20, 25, 30, 40] as const;

export function quantizationView(context: Context): TemplateResult {
  const { state, index, text, ui } = context;
  const section = sectionFor(state.report, index?.scenario.id ?? null);
  const { run } = state;
  const trying = run !== null && viewOfTask(run.task) === 'quantization';
  const failed = failureBanner(context, section !== null, 'quantization');
  if (!index || !state.report || !section)
    return html`${failed} ${trying ? trialRunning(context, run) : trialEmpty(context)}`;
  const view = viewOf(state.report, section, ui.quantization.targetDb, text);
  const chosen = view.plans.find(({ plan }) => plan.id === ui.quantization.planId) ?? view.recommended;
  return html`<section class="quant" aria-label=${text('page.tab.quantization')}>
    ${failed} ${staleBanner(context)} ${trying ? trialRunning(context, run) : verdict(context, view)}
    ${view.plans.length === 0 ? nothing : plans(context, view, chosen)}
    ${section.layers.length === 0 ? nothing : layerTable(context, index, view, chosen ?? (view.synthetic ? view.fastest : null))}
  </section>`;
}

const VERDICT_ICONS = { quantize: 'pass', unknown: 'warning', doNot: 'circle-slash' } as const;

function verdict(context: Context, view: QuantizationView): TemplateResult {
  const { text, state } = context;
  const found = verdictOf(state.report!, view, text);
  const unknown = found.kind === 'unknown';
  return html`<div
    id="quant-verdict"
    class=${unknown ? 'banner warning quant-verdict' : 'quant-verdict'}
    data-verdict=${found.kind}
  >
    ${icon(VERDICT_ICONS[found.kind], unknown ? 'warn' : found.kind === 'quantize' ? 'good' : '')}
    <div class="quant-words">
      <p class="lead">${rich(found.sentence)}</p>
      ${found.detail === '' ? nothing : html`<p class="faint">${found.detail}</p>`}
    </div>
    <div class="quant-actions">
      ${howButton(context, 'plans', text('page.tab.quantization'))}
      ${context.live ? verdictButtons(context, view) : nothing}
    </div>
  </div>`;
}

/** One primary button: what teaches or gives most. */
function verdictButtons(context: Context, view: QuantizationView): TemplateResult {
  const { text, actions, state } = context;
  const disabled = state.run !== null;
  const saved = view.recommended ?? view.fastest;
  const save =
    saved === null
      ? nothing
      : button({
          id: 'save-quantized',
          label: text(view.recommended ? 'page.quant.save' : 'page.quant.saveAnyway'),
          primary: view.recommended !== null && state.failure === null,
          disabled,
          onClick: () => {
            actions.post({ type: 'saveQuantized', planId: saved.plan.id });
          },
        });
  if (view.recommended) return html`${save}`;
  const first = view.synthetic
    ? button({
        id: 'choose-samples',
        label: text('page.quant.chooseSamples'),
        primary: state.failure === null,
        disabled,
        onClick: () => {
          actions.post({ type: 'chooseCalibrationInputs' });
        },
      })
    : button({
        id: 'try-again',
        label: tryAgainLabel(context),
        primary: state.failure === null,
        disabled,
        onClick: () => {
          actions.post({ type: 'tryQuantization' });
        },
      });
  return html`${save} ${first}`;
}

function plans(context: Context, view: QuantizationView, chosen: PlanRow | null): TemplateResult {
  const { ui, state, text } = context;
  const measured = view.plans.some((row) => row.measured !== null);
  const asTable = ui.viewAsTable || !measured;
  return html`<div class="quant-columns ${asTable ? 'as-table' : ''}">
    <section class="quant-plans-chart" aria-labelledby="quant-plans-title">
      <div class="section-head">
        <h2 id="quant-plans-title">${text('page.quant.plans')}</h2>
        <span class="spring"></span>
        ${view.synthetic ? nothing : targetSelect(context, view)} ${measured ? toggle(context) : nothing}
      </div>
      ${asTable ? nothing : html`${planChart(context, view, verdictText(state.report!, view, text))} ${legend(context, view)}`}
    </section>
    ${planTable(context, view, chosen)}
  </div>`;
}

function toggle({ text, ui, actions }: Context): TemplateResult {
  return iconButton({
    id: 'view-toggle',
    className: 'chart-toggle',
    icon: ui.viewAsTable ? 'graph-scatter' : 'table',
    label: text(ui.viewAsTable ? 'page.view.asChart' : 'page.view.asTable'),
    onClick: () => {
      actions.change({ viewAsTable: !ui.viewAsTable });
    },
  });
}

/** The same plans judged by another accuracy: nothing is run for it. */
function targetSelect({ text, ui, actions }: Context, view: QuantizationView): TemplateResult {
  const own = targetOf(view.section);
  const targets = [...new Set([...TARGETS, own, view.targetDb])].sort((a, b) => a - b);
  return html`<label class="quant-target faint" for="quant-target">${text('page.quant.keepAtLeast')}</label>
    <span class="select"
      ><select
        id="quant-target"
        title=${text('page.quant.target')}
        .value=${liveValue(String(view.targetDb))}
        @change=${(event: Event) => {
          const target = Number((event.target as HTMLSelectElement).value);
          actions.change({
            quantization: { ...ui.quantization, targetDb: target === own ? null : target, planId: null },
          });
        }}
      >
        ${targets.map(
          (one) =>
            html`<option value=${String(one)} ?selected=${one === view.targetDb}>
              ${text('page.quant.decibels', { number: integer(one) })}
            </option>`,
        )}</select
      >${icon('chevron-down')}</span
    >`;
}

function legend(
  { text }: Context,
  { synthetic, recommended, plans: rows }: QuantizationView,
): TemplateResult | typeof nothing {
  if (synthetic) return nothing;
  const has = (test: (row: PlanRow) => boolean): boolean => rows.some((row) => row.measured !== null && test(row));
  const entry = (shape: string, code: 'recommended' | 'meets' | 'below'): TemplateResult =>
    html`<li><span class="mark-${shape}" aria-hidden="true"></span>${text(`page.quant.legend.${code}`)}</li>`;
  return html`<ul class="legend quant-legend">
    ${recommended ? entry('diamond', 'recommended') : nothing}
    ${has((row) => !row.recommended && row.meetsTarget !== false) ? entry('full', 'meets') : nothing}
    ${has(({ meetsTarget }) => meetsTarget === false) ? entry('hollow', 'below') : nothing}
    ${rows.filter(({ onFront }) => onFront).length > 1 ? html`<li>${text('page.quant.legend.front')}</li>` : nothing}
  </ul>`;
}
