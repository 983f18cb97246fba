/** What every part of the page is drawn from. */

import type { Text } from '../src/format/text/text.js';
import type { EvidenceSubject } from '../src/format/views/evidence.js';
import type { ScenarioIndex } from '../src/format/views/scenarioIndex.js';
import type { FromPage, PageState } from '../src/protocol/webview.js';
import type { UiState } from './state.js';

export interface Actions {
  /** Asks the host; does nothing in a document. */
  post(message: FromPage): void;
  /** Changes the page's own state and keeps it. */
  change(patch: Partial<UiState>): void;
  /** Opens the card that answers "How do you know?" beside the element that asked; focus returns to it. */
  openCard(subject: EvidenceSubject, anchor: HTMLElement): void;
  closeCard(): void;
  toggleMenu(id: string | null): void;
  redraw(): void;
  /** After the next drawing: scrolls to the element and focuses it. */
  reveal(selector: string): void;
}

export interface OpenCard {
  subject: EvidenceSubject;
  top: number;
  left: number;
}

export interface Context {
  state: PageState;
  ui: UiState;
  text: Text;
  /** null while the report has no scenario. */
  index: ScenarioIndex | null;
  /** Below 760 px: one column. */
  narrow: boolean;
  /** Of the page, in px: drawings are as wide as it allows. */
  width: number;
  /** A host is there to ask. */
  live: boolean;
  card: OpenCard | null;
  openMenu: string | null;
  actions: Actions;
}
