import type * as vscode from 'vscode';

import { App } from './app.js';

/** Registers everything and returns; the search for models starts afterwards. The result is for tests. */
export function activate(context: vscode.ExtensionContext): App {
  const app = new App(context);
  context.subscriptions.push(app);
  setImmediate(() => void app.index.refresh());
  return app;
}
