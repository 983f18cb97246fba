/** Three sentences, one button each. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { Sentence } from '../../src/format/views/headline.js';
import { profilingRun } from '../../src/format/views/progress.js';
import { button } from '../controls/button.js';
import { rich } from '../controls/facts.js';
import { icon } from '../controls/icon.js';
import type { Context } from '../context.js';
import { howButton } from './how.js';

const ICONS = { latency: 'watch', quantization: 'symbol-number', cost: 'credit-card' } as const;

export function sentences(context: Context, all: readonly Sentence[]): TemplateResult {
  return html`<section class="sentences" aria-label=${context.text('page.headline')}>
    ${all.map((sentence) => row(context, sentence))}
  </section>`;
}

function row(context: Context, sentence: Sentence): TemplateResult {
  const { button: action, evidence } = sentence;
  const subject = sentence.parts.map((part) => part.text).join('');
  return html`<div class="sentence" data-sentence=${sentence.id}>
    ${icon(ICONS[sentence.id])}
    <p class=${profilingRun(context.state.run) && sentence.id !== 'latency' ? 'faint' : ''}>${rich(sentence.parts)}</p>
    ${action.why === null ? nothing : html`<span class="why">${action.why}</span>`}
    ${evidence === null ? nothing : howButton(context, evidence, subject)}
    ${
      context.live || sentence.id === 'latency'
        ? button({
            id: `do-${sentence.id}`,
            label: action.label,
            primary: sentence.id === 'quantization' && !action.disabled && !sentence.done,
            disabled: action.disabled,
            onClick: () => {
              follow(context, sentence);
            },
          })
        : nothing
    }
  </div>`;
}

function follow(context: Context, { id, done }: Sentence): void {
  if (id === 'quantization' && !done) context.actions.post({ type: 'tryQuantization' });
  if (id === 'latency') context.actions.reveal('#layers [data-roving-item], #layers [role="treegrid"] [tabindex="0"]');
  else {
    context.actions.change({ tab: id });
    context.actions.reveal(`#tab-${id}`);
  }
}
