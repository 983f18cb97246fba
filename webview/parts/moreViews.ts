/** Views behind "More": operators, rounds, checks. Same frame: one sentence, a table. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { decimal, decimalsFor, durationUnit, integer, inUnit } from '../../src/format/units.js';
import { plainName } from '../../src/format/views/names.js';
import { icon } from '../controls/icon.js';
import type { Context } from '../context.js';
import { operatorTable, staticView } from './staticView.js';

export function operatorsView(context: Context): TemplateResult {
  const { report } = context.state;
  if (!report) return html`<p class="faint">${context.text('page.empty.reading')}</p>`;
  return html`${staticView(context, report)}
    <section class="static">
      <h2>${context.text('page.static.allTypes')}</h2>
      <div class="narrow-table">${operatorTable(context, report, 2000)}</div>
    </section>`;
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
};

export function roundsView({ index, text }: Context): TemplateResult {
  const rounds = index?.scenario.latency?.rounds ?? [];
  if (rounds.length === 0) return html`<p class="faint">${text('page.rounds.none')}</p>`;
  const medians = rounds.map((round) => median(round.samplesNs));
  const unit = durationUnit(Math.max(...medians));
  const decimals = Math.max(1, decimalsFor(Math.max(...medians) / unit.scale));
  const reference = durationUnit(Math.max(...rounds.map((round) => round.referenceNs ?? 0)));
  // One core alone hands nothing over.
  const isShared = rounds.some((round) => typeof round.handoffNs === 'number');
  const heads = [
    text('page.rounds.runs'),
    text('page.rounds.median', { unit: unit.label }),
    text('page.rounds.load'),
    text('page.rounds.reference', { unit: reference.label }),
    ...(isShared ? [text('page.rounds.handoff')] : []),
  ];
  return html`<section class="static">
    <h2>${text('page.rounds.title')}</h2>
    <table class="plain-table rounds">
      <thead>
        <tr>
          <th scope="col">${text('page.rounds.round')}</th>
          ${heads.map((head) => html`<th scope="col" class="number">${head}</th>`)}
          <th scope="col">${text('page.rounds.kept')}</th>
        </tr>
      </thead>
      <tbody>
        ${rounds.slice(0, 200).map(
          (round, position) =>
            html`<tr class=${round.kept ? '' : 'faint'}>
              <td>${integer(position + 1)}</td>
              <td class="number">${integer(round.samplesNs.length)}</td>
              <td class="number">${inUnit(medians[position] ?? null, unit, decimals)}</td>
              <td class="number">${decimal(round.otherLoadCores, 2)}</td>
              <td class="number">${inUnit(round.referenceNs, reference, 2)}</td>
              ${isShared ? html`<td class="number">${decimal(round.handoffNs ?? null, 0)}</td>` : nothing}
              <td>${text(round.kept ? 'page.rounds.yes' : 'page.rounds.no')}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

const SEVERITY_ICONS = { info: 'info', warning: 'warning', error: 'error' } as const;

export function checksView({ state, index, text }: Context): TemplateResult {
  const checks = (state.report?.model.checks ?? []).map((check) => ({
    severity: check.severity,
    // The catalogue's text in the reader's language; the report's own where the code is unknown here.
    message: text.message(check) === check.code ? check.message : text.message(check),
  }));
  const warnings = [...(state.report?.warnings ?? []), ...(index?.scenario.warnings ?? [])].map((warning) => ({
    severity: 'warning' as const,
    message: text.message(warning),
  }));
  const all = [...checks, ...warnings].slice(0, 500);
  return html`<section class="static">
    <h2>${text('page.checks.title')}</h2>
    ${all.length === 0 ? html`<p class="faint">${text('page.checks.none')}</p>` : nothing}
    <ul class="notes">
      ${all.map(
        (check) =>
          html`<li>
            ${icon(SEVERITY_ICONS[check.severity], check.severity === 'info' ? '' : 'warn')}
            <span
              ><span class="visually-hidden">${text(`page.severity.${check.severity}`)}: </span
              >${plainName(check.message)}</span
            >
          </li>`,
      )}
    </ul>
  </section>`;
}
