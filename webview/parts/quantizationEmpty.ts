/** Before the first trial: what it gives, what it needs, and the button that starts it. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { aboutDuration } from '../../src/format/approximate.js';
import { int8Unit } from '../../src/format/views/facts.js';
import { plainName } from '../../src/format/views/names.js';
import { button } from '../controls/button.js';
import { icon } from '../controls/icon.js';
import type { Context } from '../context.js';
import { labelsButton } from './labelsButton.js';

const GIVES = [
  'page.quant.gives.speed',
  'page.quant.gives.accuracy',
  'page.quant.gives.plans',
  'page.quant.gives.file',
] as const;

/** With the time where it is known: `Try int8, about 30 s`. */
export function tryLabel({ text, state }: Context): string {
  const seconds = state.trialSeconds ?? null;
  if (seconds === null) return text('page.headline.tryInt8');
  return text('page.headline.tryInt8About', { time: aboutDuration(seconds) });
}

export function tryAgainLabel({ text, state }: Context): string {
  const seconds = state.trialSeconds ?? null;
  return seconds === null
    ? text('page.quant.tryAgain')
    : text('page.quant.tryAgainAbout', { time: aboutDuration(seconds) });
}

export function trialEmpty(context: Context): TemplateResult {
  const { text, live, state } = context;
  if (!live) return html`<p class="faint">${text('page.quant.static')}</p>`;
  const { choices, report } = state;
  const synthetic = choices.input === 'synthetic';
  const unit = report ? int8Unit(report.environment) : null;
  return html`<section class="empty" aria-labelledby="trial-title">
    <h2 id="trial-title">${text('page.quant.empty')}</h2>
    <p>${text('page.quant.emptyGives')}</p>
    <ul class="gives">
      ${GIVES.map((code) => html`<li>${text(code)}</li>`)}
    </ul>
    ${
      report === null
        ? nothing
        : html`<p class="faint">
            ${unit === null ? text('page.quant.emptyNoUnit') : text('page.quant.emptyUnit', { unit })}
          </p>`
    }
    <p class=${synthetic ? 'quant-warning' : 'faint'}>
      ${synthetic ? icon('warning', 'warn') : nothing}
      <span>${synthetic ? text('page.quant.emptySynthetic') : samplesText(context)}</span>
      ${labelsButton(context)}
    </p>
    ${buttons(context, synthetic)}
  </section>`;
}

function samplesText({ text, state }: Context): string {
  const { input, labels } = state.choices;
  const source = plainName(input);
  if (labels == null) return text('page.quant.emptySamples', { source });
  return text('page.quant.emptyLabelled', { source, labels: plainName(labels) });
}

function buttons(context: Context, synthetic: boolean): TemplateResult {
  const { text, state, actions } = context;
  const disabled = state.run !== null;
  return html`<div class="empty-actions">
    ${button({
      id: 'try-int8',
      label: tryLabel(context),
      primary: true,
      disabled,
      ...(disabled ? { title: text('page.headline.afterRun') } : {}),
      onClick: () => {
        actions.post({ type: 'tryQuantization' });
      },
    })}
    ${
      synthetic
        ? button({
            id: 'choose-samples',
            label: text('page.quant.chooseSamples'),
            disabled,
            onClick: () => {
              actions.post({ type: 'chooseCalibrationInputs' });
            },
          })
        : nothing
    }
    ${disabled ? html`<span class="faint">${text('page.headline.afterRun')}</span>` : nothing}
  </div>`;
}
