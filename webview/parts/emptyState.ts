/** A file never profiled here: one button, its time and memory, what will be assumed. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { aboutBytes, aboutDuration } from '../../src/format/approximate.js';
import { chips } from '../../src/format/views/chips.js';
import type { RunNeeds } from '../../src/protocol/webview.js';
import { button } from '../controls/button.js';
import { icon } from '../controls/icon.js';
import type { Context } from '../context.js';

export function emptyState(context: Context): TemplateResult {
  const { state, text, actions, live } = context;
  if (!live) return html`<p class="faint">${text('page.empty.static')}</p>`;
  const { needs } = state;
  const tight = needs !== null && needs.aboutBytes > needs.freeBytes;
  const assumed = chips(state.choices, state.report, text).find((chip) => chip.kind === 'dimension' && chip.assumed);
  return html`<section class="empty" aria-labelledby="empty-title">
    <h2 id="empty-title">${text('page.empty.title')}</h2>
    <p class=${tight ? 'tight' : 'faint'}>
      ${tight ? icon('warning', 'warn') : nothing} ${needsText(context, needs, tight)}
    </p>
    <div class="empty-actions">
      ${button({
        id: 'profile',
        label: text('page.header.profile'),
        icon: 'play',
        primary: !tight,
        onClick: () => {
          actions.post({ type: 'profile' });
        },
      })}
      ${
        tight
          ? button({
              id: 'inspect-only',
              label: text('page.empty.inspect'),
              primary: true,
              onClick: () => {
                actions.post({ type: 'inspectOnly' });
              },
            })
          : button({
              id: 'open-report',
              label: text('page.header.openReport'),
              onClick: () => {
                actions.post({ type: 'openReport' });
              },
            })
      }
      ${assumed ? html`<span class="faint">${text('page.empty.assumed', { list: `${assumed.name} ${assumed.value}` })}</span>` : nothing}
    </div>
    ${state.report ? nothing : html`<p class="faint">${text('page.empty.reading')}</p>`}
  </section>`;
}

function needsText({ text }: Context, needs: RunNeeds | null, tight: boolean): string {
  if (!needs) return text('page.empty.takesUnknown');
  const [time, needed] = [aboutDuration(needs.aboutSeconds), aboutBytes(needs.aboutBytes)];
  return tight
    ? text('page.empty.tight', { needed, free: aboutBytes(needs.freeBytes), time })
    : text('page.empty.takes', { time, needed });
}
