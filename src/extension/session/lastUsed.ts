import type { Memento, Uri } from 'vscode';

import type { Picks } from './choices.js';

const KEY = 'lastUsed';
const MAXIMUM_MODELS = 500;

type Remembered = Record<string, Picks>;

/** What the user last picked for each model, in this workspace. The models longest unused are forgotten first. */
export class LastUsed {
  constructor(private readonly memento: Memento) {}

  get(model: Uri): Picks {
    const all = this.memento.get<Remembered>(KEY, {});
    const key = model.toString();
    return Object.hasOwn(all, key) ? (all[key] ?? {}) : {};
  }

  async set(model: Uri, picks: Picks): Promise<void> {
    const key = model.toString();
    const others = Object.entries(this.memento.get<Remembered>(KEY, {})).filter(([known]) => known !== key);
    await this.memento.update(KEY, Object.fromEntries([...others.slice(1 - MAXIMUM_MODELS), [key, picks]]));
  }
}
