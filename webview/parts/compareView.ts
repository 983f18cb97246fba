/** One report against another: what must be known first, the verdict, figures, kernels. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import {
  comparisonSentence,
  countsText,
  figureRows,
  gateText,
  sideTexts,
  type FigureRow,
} from '../../src/format/views/comparison.js';
import { plainName } from '../../src/format/views/names.js';
import { richText } from '../../src/format/views/richText.js';
import type { Comparison, ScenarioComparison } from '../../src/protocol/compare.js';
import type { FromPage } from '../../src/protocol/webview.js';
import { button, linkButton } from '../controls/button.js';
import { rich } from '../controls/facts.js';
import { icon } from '../controls/icon.js';
import type { Context } from '../context.js';
import { compareGroups } from './compareGroups.js';
import { emptyView } from './viewFrame.js';

type With = Extract<FromPage, { type: 'compare' }>['with'];

export function compareView(context: Context): TemplateResult {
  const { state, text, ui, live } = context;
  const comparison = state.comparison ?? null;
  if (!comparison)
    return html`${emptyView(
      text('page.tab.compare'),
      richText(text, live ? 'compare.page.none' : 'compare.page.noneDocument'),
      text('compare.page.how'),
    )}
    ${live ? choices(context, true) : nothing}`;
  const scenarios = [comparison, ...comparison.others];
  const compared = scenarios[ui.compareScenario] ?? comparison;
  return html`<section class="view compare" aria-label=${text('page.tab.compare')}>
    ${sides(context, comparison)} ${scenarios.length > 1 ? scenarioSelect(context, scenarios, compared) : nothing}
    ${notes(context, comparison, compared)}
    <div class="view-sentence ${compared.verdict}">
      ${icon(VERDICT_ICONS[compared.verdict])}
      <p>${rich(comparisonSentence(compared, text))}</p>
    </div>
    ${figures(context, compared)} ${gate(context, comparison)} ${compareGroups(context, comparison, compared)}
    <p class="note compare-note">${text('compare.interval.note')}</p>
    ${
      context.state.comparedWith
        ? html`<p>
            ${linkButton({
              label: text('provenance.openProvenance'),
              onClick: () => {
                context.actions.change({ tab: 'provenance' });
              },
            })}
          </p>`
        : nothing
    }
    ${live ? choices(context, false) : nothing}
  </section>`;
}

export const VERDICT_ICONS = {
  better: 'arrow-down',
  worse: 'arrow-up',
  same: 'dash',
  inconclusive: 'question',
} as const;

function sides({ text }: Context, comparison: Comparison): TemplateResult {
  const { before, now } = sideTexts(comparison, text);
  return html`<dl class="compare-sides">
    <dt>${text('compare.column.before')}</dt>
    <dd title=${plainName(comparison.base.path)}>${before}</dd>
    <dt>${text('compare.column.now')}</dt>
    <dd title=${plainName(comparison.new.path)}>${now}</dd>
  </dl>`;
}

function scenarioSelect(
  { text, actions }: Context,
  scenarios: readonly ScenarioComparison[],
  shown: ScenarioComparison,
): TemplateResult {
  return html`<span class="select"
    ><select
      aria-label=${text('compare.page.scenario')}
      @change=${(event: Event) => {
        actions.change({ compareScenario: Number((event.target as HTMLSelectElement).value) });
      }}
    >
      ${scenarios.map(
        (one, at) =>
          html`<option value=${at} ?selected=${one === shown}>${plainName(one.label) || String(at + 1)}</option>`,
      )}</select
    >${icon('chevron-down')}</span
  >`;
}

/** Different conditions stand out, with what callers would notice; the rest is for orientation. */
function notes(
  { text }: Context,
  { contract }: Comparison,
  compared: ScenarioComparison,
): TemplateResult | typeof nothing {
  const all = [
    ...compared.notes.map((note) => ({ warns: note.kind === 'different', sentence: text.message(note) })),
    ...contract.map((change) => ({ warns: true, sentence: text.message(change) })),
  ];
  if (all.length === 0) return nothing;
  return html`<ul class="notes compare-notes" aria-label=${text('compare.section.notes')}>
    ${all.map(
      ({ warns, sentence }) =>
        html`<li>${icon(warns ? 'warning' : 'info', warns ? 'warn' : '')}<span>${plainName(sentence)}</span></li>`,
    )}
  </ul>`;
}

function figures({ text }: Context, compared: ScenarioComparison): TemplateResult {
  const rows = figureRows(compared, text);
  const heads = ['before', 'now', 'change', 'interval'] as const;
  return html`<table class="plain-table view-table compare-figures" aria-label=${text('compare.section.totals')}>
    <thead>
      <tr>
        <th scope="col">${text('compare.column.figure')}</th>
        ${heads.map(
          (name) =>
            html`<th scope="col" class="number ${name === 'interval' ? 'wide-only' : ''}">
              ${text(`compare.column.${name}`)}
            </th>`,
        )}
        <th scope="col">${text('compare.column.verdict')}</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map((row) => figureRow(row))}
    </tbody>
  </table>`;
}

const figureRow = (row: FigureRow): TemplateResult =>
  html`<tr>
    <th scope="row">${row.label}</th>
    <td class="number">${row.before}</td>
    <td class="number">${row.now}</td>
    <td class="number ${row.verdict === 'worse' || row.verdict === 'better' ? 'lifted' : ''}">${row.change}</td>
    <td class="number wide-only faint">${row.interval}</td>
    <td class="verdict ${row.verdict}">${icon(VERDICT_ICONS[row.verdict])}<span>${row.verdictText}</span></td>
  </tr>`;

function gate({ text }: Context, comparison: Comparison): TemplateResult | typeof nothing {
  if (!comparison.gate) return nothing;
  const { outcome, headline, lines } = gateText(comparison.gate, text);
  const kind = outcome === 'failed' ? 'error' : outcome === 'passed' ? 'info' : 'warning';
  return html`<section class="banner ${kind}" aria-label=${text('compare.page.gate')}>
    ${icon(kind)}
    <div class="banner-body">
      <p class="lead"><strong>${headline}</strong></p>
      ${lines.map((line) => html`<p class="note">${line}</p>`)}
    </div>
  </section>`;
}

export const countsLine = ({ text }: Context, compared: ScenarioComparison): string => countsText(compared, text);

const CHOICES: readonly With[] = ['pick', 'last', 'head', 'baseline'];
const LABELS = {
  pick: 'compare.page.with',
  last: 'compare.page.last',
  head: 'compare.page.head',
  baseline: 'compare.page.baseline',
} as const;

function choices({ text, actions, state }: Context, primary: boolean): TemplateResult {
  return html`<div class="compare-choices">
    ${CHOICES.map((each) =>
      button({
        label: text(LABELS[each]),
        primary: primary && each === 'pick',
        disabled: state.run !== null,
        onClick: () => {
          actions.post({ type: 'compare', with: each });
        },
      }),
    )}
  </div>`;
}
