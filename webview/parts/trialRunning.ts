/** While something is tried: what is done, and its phases. */

import { html, type TemplateResult } from 'lit/html.js';
import type { TextCode } from '../../src/format/text/catalogue.js';
import { richText } from '../../src/format/views/richText.js';
import type { PageRun, RunTask } from '../../src/protocol/webview.js';
import { rich } from '../controls/facts.js';
import type { Context } from '../context.js';
import { progressBlock } from './rail.js';

const SENTENCES: Partial<Record<RunTask, TextCode>> = {
  saveQuantized: 'page.quant.saving',
  pruning: 'page.pruning.running',
  alternatives: 'page.alternatives.running',
};

export function trialRunning(context: Context, run: PageRun): TemplateResult {
  const { text } = context;
  const code = SENTENCES[run.task ?? 'profile'] ?? 'page.quant.running';
  return html`<section class="quant-running" aria-label=${text('page.run.progress')}>
    <p class="lead">${rich(richText(text, code))}</p>
    ${progressBlock(context, run)}
  </section>`;
}
