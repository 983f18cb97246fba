/** Providers beside each other, and latency by data. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { decimal, integer } from '../../src/format/units.js';
import {
  dataRows,
  dataSentence,
  providerRows,
  providersSentence,
  type ProviderRow,
} from '../../src/format/views/comparisons.js';
import { providerName } from '../../src/format/views/headline.js';
import { richText } from '../../src/format/views/richText.js';
import type { ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import { dataTable } from '../controls/dataTable.js';
import type { Context } from '../context.js';
import { emptyView, viewFrame } from './viewFrame.js';

const MOST_BOXES = 200;

export function providersView(context: Context, index: ScenarioIndex): TemplateResult {
  const { text } = context;
  const title = text('page.tab.providers');
  const rows = providerRows(index, text);
  const first = rows[0];
  if (!first)
    return emptyView(
      title,
      richText(text, 'page.providers.none'),
      text('page.curve.how', { command: '--provider all' }),
    );
  const compared = rows.slice(1);
  return viewFrame(context, {
    title,
    sentence: providersSentence(rows, text),
    evidence: null,
    picture: null,
    table: () => latencyTable(context, rows, first),
    more: html`${compared.map((row) => providerParts(context, row, first))}`,
  });
}

function latencyTable({ text }: Context, rows: readonly ProviderRow[], first: ProviderRow): TemplateResult {
  const columns = [
    { label: text('page.providers.provider') },
    { label: text('page.providers.latency'), number: true },
    { label: text('page.providers.speedup', { first: first.name }), number: true },
    { label: text('page.providers.partitions'), number: true, wide: true },
    { label: text('page.providers.fellBack'), number: true, wide: true },
  ];
  const cells = rows.map((row) => [
    row.name,
    row.latency,
    row.speedup === null ? '–' : `${decimal(row.speedup, 2)} ×`,
    row.partitions.length === 0 ? '–' : integer(row.partitions.length),
    row.partitions.length === 0 ? '–' : integer(row.fellBack.length),
  ]);
  return dataTable(text('page.tab.providers'), columns, cells);
}

function providerParts(context: Context, row: ProviderRow, first: ProviderRow): TemplateResult {
  const { text } = context;
  const names = { provider: row.name, first: first.name };
  return html`${row.notes.map((note) => html`<p class="note">${row.name}: ${note}</p>`)}
  ${
    row.partitions.length === 0
      ? nothing
      : html`<h2 class="view-head">${text('page.providers.boxes', names)}</h2>
          <ul class="boxes">
            ${row.partitions.slice(0, MOST_BOXES).map((partition) => box(context, partition))}
          </ul>`
  }
  ${
    row.fellBack.length === 0
      ? nothing
      : html`<h2 class="view-head">${text('page.providers.fallback', names)}</h2>
          <ul class="boxes">
            ${row.fellBack.map(({ operator, title }) => html`<li class="box plain" title=${title}>${operator}</li>`)}
          </ul>`
  }
  ${
    row.differences.length === 0
      ? nothing
      : html`<h2 class="view-head">${text('page.providers.differences', names)}</h2>
          ${dataTable(
            text('page.providers.differences', names),
            [
              { label: text('page.providers.output') },
              { label: text('page.providers.error'), number: true },
              { label: text('page.providers.sqnr'), number: true },
              { label: text('page.providers.cosine'), number: true },
            ],
            row.differences.map((one) => [one.output, one.error, one.sqnr, one.cosine]),
          )}`
  }`;
}

function box({ text }: Context, partition: ProviderRow['partitions'][number]): TemplateResult {
  const label = text.plural('page.providers.box', partition.kernelIds.length, {
    provider: providerName(partition.provider, text),
    count: integer(partition.kernelIds.length),
  });
  return html`<li class="box ${partition.opaque ? 'opaque' : ''}">
    ${label}${partition.opaque ? html`<span class="tab-note">${text('page.providers.opaque')}</span>` : nothing}
  </li>`;
}

export function dataView(context: Context, index: ScenarioIndex): TemplateResult {
  const { text } = context;
  const title = text('page.tab.data');
  const rows = dataRows(index, text);
  if (rows.length === 0)
    return emptyView(title, richText(text, 'page.data.none'), text('page.curve.how', { command: '--data-check' }));
  const columns = [
    { label: text('page.data.kind') },
    { label: text('page.providers.latency'), number: true },
    { label: text('page.data.ratio'), number: true },
  ];
  const cells = rows.map(({ label, latency, ratio }) => [
    label,
    latency,
    ratio === null ? '–' : `${decimal(ratio, 2)} ×`,
  ]);
  return viewFrame(context, {
    title,
    sentence: dataSentence(rows, text),
    evidence: null,
    picture: null,
    table: () => dataTable(title, columns, cells),
  });
}
