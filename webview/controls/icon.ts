import { html, type TemplateResult } from 'lit/html.js';

/** A codicon; decoration only: what it says is said in words beside it or in the control's label. */
export const icon = (name: string, className = ''): TemplateResult =>
  html`<span class="codicon codicon-${name} ${className}" aria-hidden="true"></span>`;
