/** Buttons of the page, over the toolkit's. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { ifDefined } from 'lit/directives/if-defined.js';
import { icon } from './icon.js';

export interface ButtonOptions {
  label: string;
  /** A codicon in front of the label. */
  icon?: string;
  primary?: boolean;
  disabled?: boolean;
  title?: string;
  id?: string;
  className?: string;
  onClick: (event: MouseEvent) => void;
}

export function button(options: ButtonOptions): TemplateResult {
  return html`<vscode-button
    id=${ifDefined(options.id)}
    class="button ${options.className ?? ''}"
    appearance=${options.primary === true ? 'primary' : 'secondary'}
    title=${ifDefined(options.title)}
    ?disabled=${options.disabled === true}
    @click=${options.onClick}
    >${options.icon === undefined ? nothing : html`<span slot="start">${icon(options.icon)}</span>`}${options.label}</vscode-button
  >`;
}

/** Only an icon; the label is its name and tooltip. */
export function iconButton(options: ButtonOptions & { icon: string; expanded?: boolean }): TemplateResult {
  return html`<button
    type="button"
    id=${ifDefined(options.id)}
    class="icon-button ${options.className ?? ''}"
    title=${options.label}
    aria-label=${options.label}
    aria-pressed=${ifDefined(options.expanded === undefined ? undefined : String(options.expanded))}
    ?disabled=${options.disabled === true}
    @click=${options.onClick}
  >
    ${icon(options.icon)}
  </button>`;
}

/** A button that reads as a link. `subject` makes its name whole where several say the same. */
export function linkButton(options: ButtonOptions & { subject?: string }): TemplateResult {
  return html`<button
    type="button"
    id=${ifDefined(options.id)}
    class="link ${options.className ?? ''}"
    aria-label=${ifDefined(options.subject)}
    title=${ifDefined(options.title)}
    @click=${options.onClick}
  >
    ${options.label}
  </button>`;
}
