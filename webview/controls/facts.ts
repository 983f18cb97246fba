import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { Fact } from '../../src/format/views/facts.js';
import type { RichText } from '../../src/format/views/richText.js';

/** Rows of a label and a figure. */
export const factList = (facts: readonly Fact[]): TemplateResult =>
  html`<dl class="facts">
    ${facts.map(
      (fact) =>
        html`<div class="fact">
          <dt>${fact.label}</dt>
          <dd title=${fact.title ?? nothing}>${fact.value}</dd>
        </div>`,
    )}
  </dl>`;

export const rich = (parts: RichText): TemplateResult[] =>
  parts.map((part) => (part.strong ? html`<strong>${part.text}</strong>` : html`${part.text}`));
