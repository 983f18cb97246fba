/** Who is on the other side: the editor's panel, or nobody (an exported file). */

import type { FromPage, PageSavedState } from '../src/protocol/webview.js';

export interface Host {
  post(message: FromPage): void;
  /** What was kept before the last reload; null when nothing was. */
  saved(): PageSavedState | null;
  save(state: PageSavedState): void;
}

interface VsCodeApi {
  postMessage(message: FromPage): void;
  getState(): unknown;
  setState(state: PageSavedState): void;
}

declare global {
  interface Window {
    acquireVsCodeApi?: () => VsCodeApi;
  }
}

function isSaved(value: unknown): value is PageSavedState {
  return typeof value === 'object' && value !== null && 'ui' in value;
}

/** The editor where there is one; else nothing is asked and nothing is kept. */
export function connect(): Host {
  const api = window.acquireVsCodeApi?.();
  if (!api) return { post: () => undefined, saved: () => null, save: () => undefined };
  return {
    post: (message) => {
      api.postMessage(message);
    },
    saved: () => {
      const state = api.getState();
      return isSaved(state) ? state : null;
    },
    save: (state) => {
      api.setState(state);
    },
  };
}
