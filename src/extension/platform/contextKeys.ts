import * as vscode from 'vscode';

import { CONTEXT_KEYS } from '../ids.js';

const current = new Map<string, boolean>();

/** Sets a context key when it changed: every set costs the window a round of `when` clauses. */
export function setContextKey(key: keyof typeof CONTEXT_KEYS, value: boolean): void {
  const name = CONTEXT_KEYS[key];
  if (current.get(name) === value) return;
  current.set(name, value);
  void vscode.commands.executeCommand('setContext', name, value);
}
