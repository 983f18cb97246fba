import type { CostAsked, PageCost } from '../../protocol/webview.js';

/** What serving costs, as it was reckoned last, and what of it somebody asked to see. */
export class ShownCost {
  #value: PageCost | null = null;
  #asked: CostAsked | null = null;

  constructor(private readonly changed: { fire(change: 'cost' | 'state'): void }) {}

  get value(): PageCost | null {
    return this.#value;
  }
  set(cost: PageCost | null): void {
    this.#value = cost;
    this.changed.fire('cost');
  }

  /** null until somebody asked. */
  get asked(): CostAsked | null {
    return this.#asked;
  }
  /** The view comes to the front, with that machine and that many of it. */
  ask(what: Omit<CostAsked, 'at'>): void {
    this.#asked = { ...what, at: Date.now() };
    this.changed.fire('state');
  }
}
