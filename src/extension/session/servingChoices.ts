import type { Memento } from 'vscode';

import type { ServingSettings } from '../../protocol/settings.js';

const KEY = 'serving';

/** What the user picked in passing for serving in this workspace; goes before the workspace's file. */
export class ServingChoices {
  constructor(private readonly memento: Memento) {}

  get(): ServingSettings {
    return this.memento.get<ServingSettings>(KEY, {});
  }

  async set(picks: ServingSettings): Promise<void> {
    await this.memento.update(KEY, { ...this.get(), ...picks });
  }
}
