/** The card behind "How do you know?"; it leaves its figure visible. */

import { html, nothing, type TemplateResult } from 'lit/html.js';
import { styles } from '../controls/styles.js';
import { evidenceFor, type EvidenceRow, type EvidenceSubject } from '../../src/format/views/evidence.js';
import { plainName } from '../../src/format/views/names.js';
import { quantizationView, sectionFor } from '../../src/format/views/quantization.js';
import { verdictText } from '../../src/format/views/quantizationVerdict.js';
import { resultLine } from '../../src/format/views/resultLine.js';
import type { ScenarioIndex } from '../../src/format/views/scenarioIndex.js';
import { iconButton, linkButton } from '../controls/button.js';
import type { Context, OpenCard } from '../context.js';

const WIDTH = 440;
const MARGIN = 16;

/** Below its anchor or the sentence that holds it, or left of the rail where it stands there; inside the margins. */
export function placeCard(anchor: HTMLElement): { top: number; left: number } {
  const box = anchor.getBoundingClientRect();
  const width = Math.min(WIDTH, window.innerWidth - 2 * MARGIN);
  const rail = anchor.closest('.rail')?.getBoundingClientRect();
  const beside = rail !== undefined && rail.left > width + MARGIN;
  const left = beside ? rail.left - width - 8 : Math.min(box.right - width, window.innerWidth - MARGIN - width);
  const { bottom } = anchor.closest('.quant-verdict')?.getBoundingClientRect() ?? box;
  return { top: (beside ? box.top : bottom + 8) + window.scrollY, left: Math.max(MARGIN, left) + window.scrollX };
}

export function evidenceCard(context: Context, index: ScenarioIndex, card: OpenCard): TemplateResult {
  const { text, actions } = context;
  const evidence = evidenceFor(index, card.subject, text);
  return html`<div
    id="card"
    class="card"
    role="dialog"
    aria-labelledby="card-title"
    tabindex="-1"
    ${styles({ top: `${card.top}px`, left: `${card.left}px` })}
  >
    <div class="card-head">
      <h2 id="card-title">${evidence.title}</h2>
      ${iconButton({
        label: text('page.close'),
        icon: 'close',
        onClick: () => {
          actions.closeCard();
        },
      })}
    </div>
    <dl class="card-rows">${evidence.rows.map(row)}</dl>
    ${context.live ? links(context, index, card.subject, evidence.command) : nothing}
  </div>`;
}

const row = ({ id, label, text }: EvidenceRow): TemplateResult =>
  html`<div class="card-row">
    <dt>${label}</dt>
    <dd>${id === 'command' ? html`<code>${words(text)}</code>` : text}</dd>
  </div>`;

/** `model.onnx: Quantize 9 of 45 layers: 1.31× faster (1.27–1.35) …`, by the target that is shown. */
function trialLine({ state, text, ui }: Context, { report, scenario }: ScenarioIndex): string | null {
  const section = sectionFor(report, scenario.id);
  if (!section) return null;
  const view = quantizationView(report, section, ui.quantization.targetDb, text);
  return `${plainName(state.model.fileName)}: ${verdictText(report, view, text)}`;
}

/** A line never breaks inside a flag, which has hyphens. */
const words = (command: string): TemplateResult[] =>
  command.split(' ').map((word) => html`<span class="word">${word}</span> `);

function links(
  context: Context,
  index: ScenarioIndex,
  subject: EvidenceSubject,
  command: string | null,
): TemplateResult {
  const { text, actions, state } = context;
  const ofTrial = subject === 'plans' || subject === 'trials';
  const line = ofTrial ? trialLine(context, index) : resultLine(index, state.model.fileName, text);
  const copy = (copied: string): (() => void) => {
    return () => {
      actions.post({ type: 'copy', text: copied });
    };
  };
  const dimension = state.choices.dimensions.find((one) => one.assumed);
  return html`<div class="card-links">
    ${command === null ? nothing : linkButton({ label: text('page.evidence.copyCommand'), onClick: copy(command) })}
    ${line === null ? nothing : linkButton({ label: text('page.evidence.copyResult'), onClick: copy(line) })}
    <span class="spring"></span>
    ${linkButton({
      label: text('page.evidence.change'),
      onClick: () => {
        actions.closeCard();
        if (ofTrial) actions.post({ type: 'chooseCalibrationInputs' });
        else if (dimension) actions.post({ type: 'changeChip', chip: 'dimension', name: dimension.name });
        else actions.post({ type: 'changeChip', chip: 'input' });
      },
    })}
  </div>`;
}
