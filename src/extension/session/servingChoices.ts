import path from 'node:path';
import type { Memento } from 'vscode';

import type { ServingSettings } from '../../protocol/settings.js';
import { sourceName } from './priceSource.js';

const KEY = 'serving';
const PRICES_KEY = 'serving.pricesFrom';

/** A price list that was taken in. */
export interface ChosenPrices {
  /** The copy that is in force. */
  file: string;
  /** Where it came from, as the user wrote it. */
  source: string;
}

/** What the user picked in passing for serving in this workspace; goes before the workspace's file. */
export class ServingChoices {
  constructor(private readonly memento: Memento) {}

  get(): ServingSettings {
    return this.memento.get<ServingSettings>(KEY, {});
  }

  /** undefined takes a pick back: what the workspace's file says holds again. */
  async set(picks: { [Name in keyof ServingSettings]?: ServingSettings[Name] | undefined }): Promise<void> {
    const kept = Object.entries<unknown>({ ...this.get(), ...picks }).filter(([, value]) => value !== undefined);
    await this.memento.update(KEY, Object.fromEntries(kept));
  }

  /** null where no list was taken in, or another one is in force. */
  get prices(): ChosenPrices | null {
    const chosen = this.memento.get<ChosenPrices | null>(PRICES_KEY, null);
    return chosen && chosen.file === this.get().prices ? chosen : null;
  }

  /** null: the project's own prices, or those of the workspace's file. */
  async setPrices(chosen: ChosenPrices | null): Promise<void> {
    await this.memento.update(PRICES_KEY, chosen ?? undefined);
    await this.set({ prices: chosen?.file });
  }

  /** What a price list is called where it names no source of its own: where it came from, not where its copy lies. */
  nameOfPrices(file: string): string {
    const { prices } = this;
    return prices?.file === file ? sourceName(prices.source) : path.basename(file);
  }
}
