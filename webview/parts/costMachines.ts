/** The machines: a dot where it was measured, a box over the range of a projection, no money where nothing is known. */

import { html, nothing, svg, type TemplateResult } from 'lit/html.js';
import { costRows, dayText, howKnown, type CostRow } from '../../src/format/views/costRows.js';
import { usd } from '../../src/format/views/money.js';
import type { CostSection } from '../../src/protocol/cost.js';
import { askedOption } from '../../src/format/views/costWritten.js';
import { linkButton } from '../controls/button.js';
import { icon } from '../controls/icon.js';
import type { Context } from '../context.js';

const PICTURE_WIDTH = 128;
const COLUMNS = 10;

/** From here on every column has room beside the others; below it the picture and the percentile go first. */
const ROOMY_WIDTH = 1020;
const isRoomy = ({ width }: Context): boolean => width >= ROOMY_WIDTH;

type Head = [code: Parameters<Context['text']>[0], classes: string];

const headsOf = (context: Context): Head[] => [
  ['page.cost.head.hour', 'number wide-only'],
  ['page.cost.head.carries', 'number wide-only'],
  ['page.cost.head.count', 'number'],
  ...(isRoomy(context) ? [['page.cost.head.percentile', 'number'] as Head] : []),
  ['page.cost.head.month', 'number'],
  ...(isRoomy(context) ? [['page.cost.head.range', ''] as Head] : []),
  ['page.cost.head.million', 'number wide-only'],
  ['page.cost.head.basis', ''],
];

export function costMachines(context: Context, section: CostSection): TemplateResult {
  const { text, live } = context;
  const rows = costRows(section, text);
  const most = rows.reduce((largest, { span }) => Math.max(largest, span?.[1] ?? 0), 0) * 1.05;
  const params = { percentile: section.assumptions.percentile, most: usd(most) };
  const leftOut = section.assumptions.purchase === 'spot' ? 'cost.caveat.notIncludedSpot' : 'cost.caveat.notIncluded';
  return html`${title(context, section)}
    <table class="plain-table cost-table" aria-label=${text('page.cost.table')} data-roving="vertical">
      <thead>
        <tr>
          <th scope="col">${text('page.cost.head.machine')}</th>
          ${headsOf(context).map(
            ([code, classes]) =>
              html`<th scope="col" class=${classes}>
                ${code === 'page.cost.head.range' && most === 0 ? text('page.cost.head.rangeUnknown') : text(code, params)}
              </th>`,
          )}
          ${live ? html`<th scope="col"><span class="visually-hidden">${text('page.cost.measureThere')}</span></th>` : nothing}
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => machineRow(context, section, row, most))}
      </tbody>
    </table>
    <p class="note cost-legend">
      ${
        isRoomy(context)
          ? html`<span class="dot-mark" aria-hidden="true"></span>${text('page.cost.legend.measured')}
              <span class="box-mark" aria-hidden="true"></span>${text('page.cost.legend.projected')}`
          : nothing
      }
      <span>${text('page.cost.legend.carries')}</span>
      <span>${text(leftOut)}</span>
      ${live ? html`<span>${text('page.cost.drop')}</span>` : nothing}
    </p>`;
}

function title(context: Context, section: CostSection): TemplateResult {
  const { text, live, actions } = context;
  return html`<div class="cost-head">
    <h2>${text('page.cost.table')}</h2>
    <span class="faint">${isRoomy(context) ? text('page.cost.table.order') : nothing}</span>
    <span class="spring"></span>
    ${
      section.pricesAsOf == null
        ? nothing
        : html`<span class="faint">${text('page.cost.pricesOf', { date: dayText(section.pricesAsOf) })}</span>`
    }
    ${
      live
        ? linkButton({
            id: 'refresh-prices',
            label: text('page.cost.refresh'),
            onClick: () => {
              actions.post({ type: 'refreshPrices' });
            },
          })
        : nothing
    }
  </div>`;
}

function machineRow(context: Context, section: CostSection, row: CostRow, most: number): TemplateResult {
  const { text, ui, live } = context;
  const roomy = isRoomy(context);
  const open = ui.expanded.includes(row.key);
  const answer = section.cheapest != null && row.option.instance === section.cheapest;
  const asked = askedOption(section, context.state.costAsked) === row.option;
  return html`<tr
      class=${`${answer ? 'chosen' : ''} ${asked ? 'asked' : ''}`.trim()}
      aria-current=${asked ? 'true' : nothing}
    >
      <td>${nameButton(context, row, open)}</td>
      <td class="number wide-only">
        ${row.hour}${row.option.priceOld === true ? html`<span class="warn" title=${text('page.cost.old')}> ${icon('history')}</span>` : nothing}
      </td>
      <td class="number wide-only">${row.carries}</td>
      <td class="number">${row.count}</td>
      ${roomy ? html`<td class="number">${row.percentile}</td>` : nothing}
      ${
        row.span === null
          ? html`<td class="reason faint" colspan=${context.narrow ? 1 : 2}>${row.reason}</td>`
          : html`<td class="number">${row.month}</td>
              ${roomy ? html`<td>${picture(row, most)}</td>` : nothing}`
      }
      ${
        // Where there is no money the reason has its place, but for the picture's.
        row.span === null && !roomy ? nothing : html`<td class="number wide-only">${row.million}</td>`
      }
      <td class="basis">
        <span class=${row.option.basis === 'measured' ? 'good' : ''}>${icon(row.basisIcon)}</span> ${row.basis}
      </td>
      ${live ? html`<td class="there">${measureThere(context, row)}</td>` : nothing}
    </tr>
    ${
      open
        ? html`<tr class="cost-detail">
            <td colspan=${COLUMNS}>${detail(context, section, row)}</td>
          </tr>`
        : nothing
    }`;
}

function nameButton({ ui, actions, text }: Context, row: CostRow, open: boolean): TemplateResult {
  return html`<button
    type="button"
    class="cost-name"
    data-cost-row=${row.key}
    data-roving-item
    aria-expanded=${String(open)}
    @click=${() => {
      actions.change({
        expanded: open ? ui.expanded.filter((key) => key !== row.key) : [...ui.expanded, row.key],
      });
    }}
  >
    ${icon(open ? 'chevron-down' : 'chevron-right')}<span>${row.name}</span> <span class="faint">${row.detail}</span
    ><span class="visually-hidden">. ${text('page.cost.how')}</span>
  </button>`;
}

/** Nothing to measure where it was measured already. */
function measureThere(context: Context, { option, name }: CostRow): TemplateResult | typeof nothing {
  const { text, actions } = context;
  if (option.basis === 'measured' || option.instance === '') return nothing;
  return linkButton({
    label: text(isRoomy(context) ? 'page.cost.measureThere' : 'page.cost.measureShort'),
    subject: `${text('page.cost.measureThere')} ${name}`,
    onClick: () => {
      actions.post({ type: 'measureThere', instance: option.instance });
    },
  });
}

/** A dot, or a box from the least to the most. */
function picture({ span, option, month }: CostRow, most: number): TemplateResult | typeof nothing {
  if (!span || !(most > 0)) return nothing;
  const at = (dollars: number): number => 4 + (dollars / most) * (PICTURE_WIDTH - 8);
  const [low, high] = span;
  return html`<svg
    class="cost-picture"
    width=${PICTURE_WIDTH}
    height="18"
    viewBox="0 0 ${PICTURE_WIDTH} 18"
    role="img"
    aria-label=${`$${month}`}
  >
    ${
      option.basis === 'measured'
        ? svg`<circle class="dot" cx=${at(low)} cy="9" r="4.5"></circle>`
        : svg`<rect class="box" x=${at(low)} y="4.5" width=${Math.max(4, at(high) - at(low))} height="9"></rect>`
    }
  </svg>`;
}

function detail(context: Context, section: CostSection, row: CostRow): TemplateResult {
  const { text, narrow } = context;
  const percentile = {
    label: text('page.cost.head.percentile', { percentile: section.assumptions.percentile }),
    text: row.percentile,
  };
  const figures = narrow
    ? [
        { label: text('page.cost.head.hour'), text: row.hour },
        { label: text('page.cost.head.carries'), text: row.carries },
        percentile,
        { label: text('page.cost.head.million'), text: row.million },
      ]
    : isRoomy(context)
      ? []
      : [percentile];
  return html`<dl class="card-rows">
    ${[...figures, ...howKnown(row.option, section, text)].map(
      (known) =>
        html`<div class="card-row">
          <dt>${known.label}</dt>
          <dd>${known.text}</dd>
        </div>`,
    )}
  </dl>`;
}
