/** "How do you know?": a link beside a figure; only its icon where there is little room. */

import { type nothing, type TemplateResult } from 'lit/html.js';
import type { EvidenceSubject } from '../../src/format/views/evidence.js';
import { iconButton, linkButton } from '../controls/button.js';
import type { Context } from '../context.js';

export function howButton(
  context: Context,
  subject: EvidenceSubject,
  about: string,
  compact = context.narrow,
): TemplateResult | typeof nothing {
  const { text, actions } = context;
  const onClick = (event: MouseEvent): void => {
    actions.openCard(subject, event.currentTarget as HTMLElement);
  };
  const name = text('page.how.about', { subject: about });
  if (compact) return iconButton({ label: name, icon: 'question', className: 'how', onClick });
  return linkButton({ label: text('page.how'), subject: name, className: 'how', onClick });
}
