/** A button with a menu below it. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { Context } from '../context.js';
import { icon } from './icon.js';

export interface MenuItem {
  label: string;
  checked?: boolean;
  onSelect: () => void;
}

export interface MenuOptions {
  id: string;
  className: string;
  /** The button's name where its content does not say it. */
  label: string | null;
  title?: string;
  content: TemplateResult;
  items: readonly MenuItem[];
  alignRight?: boolean;
  disabled?: boolean;
}

const items = (menu: Element): HTMLElement[] => [...menu.querySelectorAll<HTMLElement>('[role^="menuitem"]')];

function moveFocus(event: KeyboardEvent, context: Context, id: string): void {
  const menu = event.currentTarget as HTMLElement;
  const all = items(menu);
  const at = all.indexOf(document.activeElement as HTMLElement);
  const to =
    event.key === 'ArrowDown'
      ? (at + 1) % all.length
      : event.key === 'ArrowUp'
        ? (at - 1 + all.length) % all.length
        : event.key === 'Home'
          ? 0
          : event.key === 'End'
            ? all.length - 1
            : null;
  if (event.key === 'Escape' || event.key === 'Tab') {
    event.stopPropagation();
    context.actions.toggleMenu(null);
    if (event.key === 'Escape') context.actions.reveal(`#${CSS.escape(id)}`);
  }
  if (to === null) return;
  event.preventDefault();
  event.stopPropagation();
  all[to]?.focus();
}

export function menuButton(context: Context, options: MenuOptions): TemplateResult {
  const open = context.openMenu === options.id;
  const show = (): void => {
    context.actions.toggleMenu(open ? null : options.id);
    if (!open) context.actions.reveal(`#${CSS.escape(options.id)}-menu [role^="menuitem"]`);
  };
  const openByKey = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' || open) return;
    event.preventDefault();
    event.stopPropagation();
    show();
  };
  return html`<span class="menu-anchor">
    <button
      type="button"
      id=${options.id}
      class=${options.className}
      aria-haspopup="menu"
      aria-expanded=${String(open)}
      aria-label=${options.label ?? nothing}
      title=${options.title ?? nothing}
      ?disabled=${options.disabled === true}
      data-roving-item
      @click=${show}
      @keydown=${openByKey}
    >
      ${options.content}
    </button>
    ${
      open
        ? html`<div
            id="${options.id}-menu"
            role="menu"
            aria-labelledby=${options.id}
            class="menu ${options.alignRight === true ? 'align-right' : ''}"
            @keydown=${(event: KeyboardEvent) => {
              moveFocus(event, context, options.id);
            }}
          >
            ${options.items.map((item) => menuItem(context, options.id, item))}
          </div>`
        : nothing
    }
  </span>`;
}

function menuItem(context: Context, id: string, item: MenuItem): TemplateResult {
  const select = (): void => {
    context.actions.toggleMenu(null);
    context.actions.reveal(`#${CSS.escape(id)}`);
    item.onSelect();
  };
  return html`<button
    type="button"
    role=${item.checked === undefined ? 'menuitem' : 'menuitemradio'}
    aria-checked=${item.checked === undefined ? nothing : String(item.checked)}
    tabindex="-1"
    class="menu-item"
    @click=${select}
  >
    <span class="menu-check">${item.checked === true ? icon('check') : nothing}</span>${item.label}
  </button>`;
}
