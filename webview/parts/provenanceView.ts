/** How the figures were obtained, and behind it what of the AI RMF's Measure function that covers. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import {
  completeness,
  measureRows,
  provenance,
  provenancePair,
  type ProvenancePairRow,
} from '../../src/format/views/provenance.js';
import { richText } from '../../src/format/views/richText.js';
import { indexScenario, type ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import { linkButton } from '../controls/button.js';
import { rich } from '../controls/facts.js';
import type { Context } from '../context.js';
import type { Tab } from '../state.js';

export function provenanceView(context: Context, index: ScenarioIndex): TemplateResult {
  const { text, state } = context;
  const base = state.comparison && state.comparedWith;
  const before = base && indexScenario(base, baseScenarioId(context, index));
  if (before) return pairView(context, before, index);
  const sections = provenance(index, text).filter(({ rows }) => rows.length > 0);
  const { known, total } = completeness(sections);
  const sentence = known === total ? 'provenance.sentenceAll' : 'provenance.sentence';
  return html`<section class="view provenance" aria-label=${text('page.tab.provenance')}>
    <div class="view-sentence"><p>${rich(richText(text, sentence, { known, total }))}</p></div>
    ${sections.map(
      ({ id, rows }) =>
        html`<h2>${text(`provenance.section.${id}`)}</h2>
          <dl class="provenance-rows">
            ${rows.map(
              ({ label, value }) =>
                html`<dt title=${label}>${label.slice(0, 200)}</dt>
                  <dd class=${value === null ? 'missing' : ''}>${value ?? text('provenance.missing')}</dd>`,
            )}
          </dl>`,
    )}
    ${leadTo(context, 'measure', text('provenance.openMeasure'))}
  </section>`;
}

/** The scenario that the shown one was compared with. */
function baseScenarioId({ state }: Context, { scenario }: ScenarioIndex): string | null {
  const { comparison } = state;
  const pairs = comparison ? [comparison, ...comparison.others] : [];
  return (pairs.find(({ newScenarioId }) => newScenarioId === scenario.id) ?? pairs[0])?.baseScenarioId ?? null;
}

/** Both sides of a comparison beside each other; what is the same stands once. */
function pairView(context: Context, before: ScenarioIndex, now: ScenarioIndex): TemplateResult {
  const { text } = context;
  const [was, is] = [provenance(before, text), provenance(now, text)];
  const [known, knownBefore] = [completeness(is), completeness(was)];
  const counts = {
    ...{ now: known.known, nowTotal: known.total },
    ...{ before: knownBefore.known, beforeTotal: knownBefore.total },
  };
  const heads = ['provenance.fact', 'compare.column.before', 'compare.column.now'] as const;
  return html`<section class="view provenance" aria-label=${text('page.tab.provenance')}>
    <div class="view-sentence"><p>${rich(richText(text, 'provenance.sentencePair', counts))}</p></div>
    ${provenancePair(was, is)
      .filter(({ rows }) => rows.length > 0)
      .map(({ id, rows }) => {
        const title = text(`provenance.section.${id}`);
        return html`<h2>${title}</h2>
          <table class="plain-table provenance-pair" aria-label=${title}>
            <thead>
              <tr>
                ${heads.map((head) => html`<th scope="col">${text(head)}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${rows.map((row) => pairRow(context, row))}
            </tbody>
          </table>`;
      })}
    ${leadTo(context, 'compare', text('page.tab.compare'))}
    ${leadTo(context, 'measure', text('provenance.openMeasure'))}
  </section>`;
}

function pairRow({ text }: Context, { label, before, now }: ProvenancePairRow): TemplateResult {
  const cell = (value: string | null | undefined, both: boolean): TemplateResult =>
    html`<td colspan=${both ? 2 : 1}>
      <span class=${value === null ? 'missing' : ''}
        >${value === undefined ? '–' : (value ?? text('provenance.missing'))}</span
      >${both ? html` <span class="faint">· ${text('provenance.both')}</span>` : nothing}
    </td>`;
  return html`<tr>
    <th scope="row" title=${label}>${label.slice(0, 200)}</th>
    ${before === now ? cell(now, true) : [cell(before, false), cell(now, false)]}
  </tr>`;
}

export function measureView(context: Context): TemplateResult {
  const { text } = context;
  const rows = measureRows(text);
  const covered = rows.filter((row) => row.covered).length;
  const counts = { covered, total: rows.length, none: rows.length - covered };
  return html`<section class="view provenance" aria-label=${text('page.tab.measure')}>
    <h2>${text('measure.title')}</h2>
    <div class="view-sentence"><p>${rich(richText(text, 'measure.sentence', counts))}</p></div>
    <table class="plain-table measure-table">
      <thead>
        <tr>
          <th scope="col">${text('measure.column.id')}</th>
          <th scope="col">${text('measure.column.asks')}</th>
          <th scope="col">${text('measure.column.coverage')}</th>
          <th scope="col">${text('measure.column.here')}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              <th scope="row">MEASURE ${row.id}</th>
              <td>${row.asks}</td>
              <td>
                <span class="coverage ${row.covered ? '' : 'missing'}"
                  >${text(row.covered ? 'measure.partly' : 'measure.no')}</span
                >
              </td>
              <td>${row.here}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    <p class="note">${text('measure.note')}</p>
    ${leadTo(context, 'provenance', text('provenance.openProvenance'))}
  </section>`;
}

function leadTo({ actions }: Context, tab: Tab, label: string): TemplateResult {
  return html`<p>
    ${linkButton({
      label,
      onClick: () => {
        actions.change({ tab });
      },
    })}
  </p>`;
}
