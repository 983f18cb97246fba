/** What went wrong, what changed, what stands out. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { integer } from '../../src/format/units.js';
import { plainName, shortenMiddle } from '../../src/format/views/names.js';
import { richText } from '../../src/format/views/richText.js';
import type { ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import type { Text } from '../../src/format/text/text.js';
import type { PageRemedy } from '../../src/protocol/webview.js';
import { button, linkButton } from '../controls/button.js';
import { rich } from '../controls/facts.js';
import { icon } from '../controls/icon.js';
import type { Context } from '../context.js';
import { type TaskView, viewOfTask } from './taskView.js';

type Part = TemplateResult | typeof nothing;

/** Of a profile, of a trial of quantization and so on: each in its own view. */
export function failureBanner(context: Context, measured: boolean, of: TaskView = 'overview'): Part {
  const { state, text } = context;
  if (!state.failure || state.run || viewOfTask(state.failure.task) !== of) return nothing;
  const { message, details, remedies } = state.failure;
  const [first, ...rest] = splitSentence(text.message(message));
  const more = [
    ...details.map((detail) => text.message(detail)),
    ...(measured ? [text(of === 'overview' ? 'page.failure.kept' : 'page.quant.kept')] : []),
  ];
  return html`<section class="banner error" aria-label=${text('page.severity.error')}>
    ${icon('error')}
    <div class="banner-body">
      <p class="lead"><strong>${first}</strong> ${rest.join('')}</p>
      ${more.length > 0 ? html`<p class="note">${more.join(' ')}</p>` : nothing}
      <div class="banner-actions">${remedies.map((remedy, position) => remedyButton(context, remedy, position))}</div>
    </div>
  </section>`;
}

/** The first sentence and the rest. */
export function splitSentence(message: string): [string, string] {
  const end = /[.:](?=\s)/.exec(message);
  return end ? [message.slice(0, end.index + 1), message.slice(end.index + 1).trimStart()] : [message, ''];
}

function remedyButton({ text, actions, live }: Context, remedy: PageRemedy, position: number): Part {
  if (!live) return nothing;
  const onClick = (): void => {
    actions.post({ type: 'remedy', remedy });
  };
  const id = `remedy-${position}`;
  const label = remedyLabel(remedy, text);
  if (remedy.type === 'showLog' && position > 0) return linkButton({ id, label, onClick });
  return button({ id, label, primary: position === 0, onClick });
}

function remedyLabel(remedy: PageRemedy, text: Text): string {
  switch (remedy.type) {
    case 'profileWithMemory':
      return text('page.failure.profileWithMemory', { mebibytes: integer(remedy.memoryLimitMiB) });
    case 'useDimensions':
      return text('page.failure.useDimensions', { label: shortenMiddle(remedy.label, 40) });
    case 'changeDimension':
      return text('page.failure.changeDimension', { name: shortenMiddle(remedy.name, 40) });
    case 'profileAgain':
    case 'inspectOnly':
    case 'tryQuantization':
    case 'showLog':
      return text(`page.failure.${remedy.type}`);
  }
}

export function staleBanner(context: Context): Part {
  const { state, text, actions, live } = context;
  if (!state.stale || state.run || !live) return nothing;
  const seconds = state.stale.lastRunSeconds;
  return html`<section class="banner warning" aria-label=${text('page.severity.warning')}>
    ${icon('warning')}
    <p class="lead">${rich(richText(text, 'page.stale', { file: plainName(state.model.fileName) }))}</p>
    ${button({
      id: 'profile-stale',
      label:
        seconds === null ? text('page.header.profileAgain') : text('page.stale.again', { seconds: integer(seconds) }),
      onClick: () => {
        actions.post({ type: 'profile' });
      },
    })}
  </section>`;
}

/** A partial report and nothing running: the user stopped, and keeps what there is. */
export function stoppedBanner({ state, index, text }: Context): Part {
  if (state.run || state.failure || state.report?.status !== 'partial' || !index) return nothing;
  return html`<section class="banner info" aria-label=${text('page.severity.info')}>
    ${icon('info')}
    <p class="lead">${rich(richText(text, 'page.stopped'))}</p>
  </section>`;
}

const MOST_NOTES = 3;

/** Warnings of the report and its scenario; the file's own checks have their view. */
export function notes(context: Context, index: ScenarioIndex): Part {
  const { text, actions } = context;
  const messages = [...index.report.warnings, ...index.scenario.warnings].map((warning) => text.message(warning));
  const all = [...new Set(messages)];
  if (all.length === 0) return nothing;
  return html`<ul class="notes" aria-label=${text('page.notes')}>
    ${all.slice(0, MOST_NOTES).map((note) => html`<li>${icon('warning', 'warn')}<span>${plainName(note)}</span></li>`)}
    ${
      all.length > MOST_NOTES
        ? html`<li>
            ${linkButton({
              label: text('page.notes.showAll', { number: all.length - MOST_NOTES }),
              onClick: () => {
                actions.change({ tab: 'checks' });
              },
            })}
          </li>`
        : nothing
    }
  </ul>`;
}
