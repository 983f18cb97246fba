import { html, type TemplateResult } from 'lit/html.js';

export interface TableColumn {
  label: string;
  number?: boolean;
  /** Left out where the page is one column. */
  wide?: boolean;
  /** Stays on one line. */
  short?: boolean;
}

/** A plain table. One tab stop for its links: up and down move between them. */
export function dataTable(
  label: string,
  columns: readonly TableColumn[],
  rows: readonly (readonly (string | TemplateResult)[])[],
): TemplateResult {
  const classOf = ({ number, wide, short }: TableColumn): string =>
    [number && 'number', wide && 'wide-only', short && 'short'].filter(Boolean).join(' ');
  return html`<table class="plain-table view-table" data-roving="vertical" aria-label=${label}>
    <thead>
      <tr>
        ${columns.map((column) => html`<th scope="col" class=${classOf(column)}>${column.label}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (cells) =>
          html`<tr>
            ${columns.map((column, position) => html`<td class=${classOf(column)}>${cells[position] ?? ''}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}
