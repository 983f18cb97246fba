/** Holds the state, draws the page when it changes, carries intents to the host. */

import { render } from 'lit/html.js';
import { createText, type Text } from '../src/format/text/text.js';
import type { EvidenceSubject } from '../src/format/views/evidence.js';
import { indexScenario, type ScenarioIndex } from '../src/format/views/scenarioIndex.js';
import type { Report } from '../src/protocol/report.js';
import type { FromPage, PageState, RunTask, ToPage } from '../src/protocol/webview.js';
import { viewOfTask } from './parts/taskView.js';
import type { Actions, Context, OpenCard } from './context.js';
import { placeCard } from './parts/card.js';
import { frame } from './parts/frame.js';
import { printRows, settleRows } from './parts/rowWindow.js';
import { takeJsonFiles } from './controls/fileDrop.js';
import { installRoving, repairRoving } from './controls/roving.js';
import type { Host } from './host.js';
import { isToPage, reduce, restoreUi, type UiState } from './state.js';

/** A measurement has thousands of samples, not millions. */
const LARGEST_MEASUREMENT = 64 * 2 ** 20;
const NARROW = '(max-width: 759.9px)';

export class App implements Actions {
  private page: PageState | null = null;
  private ui: UiState;
  private text: Text = createText();
  private index: ScenarioIndex | null = null;
  private indexOf: { report: Report | null; scenarioId: string | null } | null = null;
  private card: OpenCard | null = null;
  private cardAnchor: HTMLElement | null = null;
  private openMenu: string | null = null;
  private wanted: string | null = null;
  /** Wanted too, as soon as it is there: its figures may still be reckoned. */
  private unrevealed: string | null = null;
  private scheduled = false;
  private painted = false;
  private readonly narrow = window.matchMedia(NARROW);

  constructor(
    private readonly root: HTMLElement,
    private readonly host: Host,
  ) {
    this.ui = restoreUi(host.saved()?.ui);
    installRoving(root);
    this.narrow.addEventListener('change', () => {
      this.card = null;
      this.schedule();
    });
    window.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (isToPage(event.data)) this.receive(event.data);
    });
    window.addEventListener('resize', () => {
      this.schedule();
    });
    for (const type of ['beforeprint', 'afterprint']) {
      window.addEventListener(type, () => {
        printRows(type === 'beforeprint');
        this.draw();
      });
    }
    window.addEventListener('scroll', this.keepScroll, { passive: true });
    takeJsonFiles(
      () => this.page?.surface === 'panel' && this.page.report !== null,
      (file) => void this.takeMeasurement(file),
    );
    document.addEventListener('keydown', this.onKey);
    document.addEventListener('pointerdown', this.onPointer);
  }

  receive(message: ToPage): void {
    const before = this.page;
    this.page = reduce(this.page, message);
    if (!this.page) return;
    if (before?.textBundle !== this.page.textBundle) this.text = createText(this.page.textBundle);
    if (before?.panelKey !== this.page.panelKey) this.keep();
    this.followRun(before, this.page);
    const { comparedAt = 0 } = this.page;
    if (comparedAt > this.ui.comparedAt) this.change({ tab: 'compare', comparedAt });
    const { at = 0 } = this.page.costAsked ?? {};
    if (at > this.ui.costAskedAt) {
      this.unrevealed = '.cost-table tr.asked .cost-name';
      this.change({ tab: 'cost', costAskedAt: at });
    }
    this.schedule();
  }

  /** Focus goes to what matters now: the stop, the first remedy, the one button of a file never profiled. */
  private followRun(before: PageState | null, now: PageState): void {
    if (now.run && !before?.run) {
      this.card = null;
      this.showTask(now.run.task);
      this.wanted = '#stop';
    } else if (now.failure && now.failure !== before?.failure && !now.run) {
      if (!before?.failure) this.showTask(now.failure.task);
      this.wanted = '#remedy-0';
    } else if (!before && this.ui.scrollTop === 0) this.wanted = '#profile';
  }

  /** What a trial does is shown in its view, wherever it was started. A profile is shown wherever the reader is. */
  private showTask(task: RunTask | undefined): void {
    const tab = viewOfTask(task);
    if (tab !== 'overview') this.ui = { ...this.ui, tab };
  }

  post(message: FromPage): void {
    if (this.page?.surface !== 'document') this.host.post(message);
  }

  /** Of another machine; the host reads it. */
  private async takeMeasurement(file: File): Promise<void> {
    const text = file.size > LARGEST_MEASUREMENT ? null : await file.text();
    this.post({ type: 'measured', name: file.name.slice(0, 300), text });
  }

  change(patch: Partial<UiState>): void {
    this.ui = { ...this.ui, ...patch };
    if (patch.tab !== undefined) this.card = null;
    if (patch.tab !== undefined && patch.tab !== 'cost') this.unrevealed = null;
    this.keep();
    this.schedule();
  }

  openCard(subject: EvidenceSubject, anchor: HTMLElement): void {
    this.card = { subject, ...placeCard(anchor) };
    this.cardAnchor = anchor;
    this.wanted = '#card';
    this.schedule();
  }

  closeCard(): void {
    if (!this.card) return;
    this.card = null;
    this.schedule();
    const anchor = this.cardAnchor;
    if (anchor?.isConnected) anchor.focus();
  }

  toggleMenu(id: string | null): void {
    this.openMenu = id;
    this.schedule();
  }

  reveal(selector: string): void {
    this.wanted = selector;
    this.schedule();
  }

  private readonly keepScroll = (): void => {
    this.ui = { ...this.ui, scrollTop: Math.round(window.scrollY) };
    this.keep();
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && this.card) {
      event.preventDefault();
      this.closeCard();
    }
  };

  private readonly onPointer = (event: PointerEvent): void => {
    const target = event.target instanceof Element ? event.target : null;
    if (this.openMenu !== null && !target?.closest('.menu-anchor')) this.toggleMenu(null);
    if (this.card && !target?.closest('#card')) {
      this.card = null;
      this.schedule();
    }
  };

  private keep(): void {
    this.host.save({ panelKey: this.page?.panelKey ?? this.host.saved()?.panelKey ?? null, ui: this.ui });
  }

  redraw(): void {
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      this.draw();
    });
  }

  private context(state: PageState): Context {
    const { report } = state;
    if (this.indexOf?.report !== report || this.indexOf.scenarioId !== this.ui.scenarioId) {
      this.index = report && indexScenario(report, this.ui.scenarioId);
      this.indexOf = { report, scenarioId: this.ui.scenarioId };
    }
    return {
      state,
      ui: this.ui,
      text: this.text,
      index: this.index,
      narrow: this.narrow.matches,
      width: document.documentElement.clientWidth,
      live: state.surface === 'panel',
      card: this.card,
      openMenu: this.openMenu,
      actions: this,
    };
  }

  private draw(): void {
    if (!this.page) return;
    document.body.classList.toggle('document', this.page.surface === 'document');
    document.body.classList.toggle('panel', this.page.surface === 'panel');
    document.title = this.page.model.fileName;
    render(frame(this.context(this.page)), this.root);
    repairRoving(this.root);
    settleRows();
    this.settle();
  }

  private settle(): void {
    if (!this.painted) {
      this.painted = true;
      if (this.ui.scrollTop > 0) window.scrollTo(0, this.ui.scrollTop);
      this.post({ type: 'firstPaint', atMs: Math.round(performance.now()) });
    }
    const late = this.unrevealed === null ? null : this.root.querySelector<HTMLElement>(this.unrevealed);
    if (late) this.unrevealed = null;
    const now = this.wanted === null ? null : this.root.querySelector<HTMLElement>(this.wanted);
    this.wanted = null;
    const element = late ?? now;
    if (!element) return;
    element.scrollIntoView({ block: 'nearest' });
    element.focus({ preventScroll: true });
  }
}
