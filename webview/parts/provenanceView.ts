/** How the figures were obtained, and behind it what of the AI RMF's Measure function that covers. */

import { html, type TemplateResult } from 'lit/html.js';
import { completeness, measureRows, provenance } from '../../src/format/views/provenance.js';
import { richText } from '../../src/format/views/richText.js';
import type { ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import { linkButton } from '../controls/button.js';
import { rich } from '../controls/facts.js';
import type { Context } from '../context.js';
import type { Tab } from '../state.js';

export function provenanceView(context: Context, index: ScenarioIndex): TemplateResult {
  const { text } = context;
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
                ${row.here}
              </td>
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
