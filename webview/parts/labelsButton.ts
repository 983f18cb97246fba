/** Asks for the true classes of the samples; nothing where there are no samples of the user's own. */

import { nothing, type TemplateResult } from 'lit/html.js';
import { linkButton } from '../controls/button.js';
import type { Context } from '../context.js';

export function labelsButton({ text, state, actions, live }: Context): TemplateResult | typeof nothing {
  const { choices, run } = state;
  if (!live || run !== null || choices.input === 'synthetic') return nothing;
  return linkButton({
    id: 'add-labels',
    label: text(choices.labels == null ? 'page.quant.addLabels' : 'page.quant.changeLabels'),
    title: text('page.quant.labelsHelp'),
    onClick: () => {
      actions.post({ type: 'addLabels' });
    },
  });
}
