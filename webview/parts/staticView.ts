/** What is known without running: operators, model, needs. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { integer } from '../../src/format/units.js';
import { needsFacts, staticFacts } from '../../src/format/views/facts.js';
import { shortenMiddle } from '../../src/format/views/names.js';
import { gatherTypes, macsColumn, operatorTypes } from '../../src/format/views/operatorTypes.js';
import type { Report } from '../../src/protocol/report.js';
import { factList } from '../controls/facts.js';
import type { Context } from '../context.js';

const MOST_TYPES = 7;

export function staticView(context: Context, report: Report): TemplateResult {
  const { text, state } = context;
  return html`<section class="static" aria-labelledby="static-title">
    <h2 id="static-title">${text('page.static.title')}</h2>
    <div class="static-columns">
      <div>
        <h3>
          ${text('page.static.operators')}
          <span class="faint"
            >${text.plural('page.static.nodes', report.model.nodeCount ?? report.operators.length, { number: integer(report.model.nodeCount) })}</span
          >
        </h3>
        ${operatorTable(context, report, MOST_TYPES)}
      </div>
      <div>
        <h3>${text('page.model')}</h3>
        ${factList(staticFacts(report, text))}
      </div>
      <div>
        <h3>${text('page.needs')}</h3>
        ${factList(needsFacts(report, state.needs, text))}
        <p class="note">${text('page.needs.note')}</p>
      </div>
    </div>
  </section>`;
}

/** Op types with their nodes and MACs; the least of them gathered beyond `maximum`. */
export function operatorTable({ text }: Context, report: Report, maximum: number): TemplateResult {
  const types = operatorTypes(report);
  const { shown, rest } = gatherTypes(types, maximum);
  const macs = macsColumn(types, 2, text);
  return html`<table class="plain-table">
    <thead>
      <tr>
        <th scope="col">${text('page.static.opType')}</th>
        <th scope="col" class="number">${text('page.static.count')}</th>
        <th scope="col" class="number">${macs.heading}</th>
      </tr>
    </thead>
    <tbody>
      ${shown.map(
        (type) =>
          html`<tr>
            <td title=${type.opType}>${shortenMiddle(type.opType, 36)}</td>
            <td class="number">${integer(type.nodes)}</td>
            <td class="number">${macs.cell(type.macs)}</td>
          </tr>`,
      )}
      ${
        rest
          ? html`<tr>
              <td>${text('page.static.moreTypes', { number: rest.types })}</td>
              <td class="number">${integer(rest.nodes)}</td>
              <td class="number">${macs.cell(rest.macs)}</td>
            </tr>`
          : nothing
      }
    </tbody>
  </table>`;
}
