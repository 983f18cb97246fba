/** A hint as plain data: where, what, and what can be done about it. */

import type { TextRange } from '../tree/node.js';

export type HintKind = 'inlay' | 'lens' | 'diagnostic';

/** What a link or a lens does; the editor turns it into its own command. */
export type HintAction =
  | { type: 'openCost'; modelPath: string; instance: string | null; replicas: number | null }
  | { type: 'openReport'; modelPath: string }
  | { type: 'profile'; modelPath: string | null }
  | { type: 'compareInstances'; modelPath: string; instance: string | null }
  | { type: 'setRate' }
  | { type: 'setTarget' }
  | { type: 'addPrice' }
  /** `instance` null: whoever is asked names it. */
  | { type: 'measureThere'; modelPath: string; instance: string | null }
  | { type: 'turnOff' };

export interface HintLink {
  label: string;
  action: HintAction;
}

export interface HintEdit {
  range: TextRange;
  text: string;
}

export interface HintFix {
  title: string;
  edits: HintEdit[];
  /** In place of edits. */
  action?: HintAction;
  /** The one that is meant: the cheapest that holds. */
  preferred: boolean;
}

/** A table of what a figure is made of. Plain text: whoever draws it escapes it. */
export interface HintDetails {
  title: string;
  rows: { cells: [what: string, how: string, figure: string, basis: string] }[];
  notes: string[];
  links: HintLink[];
}

export interface Hint {
  kind: HintKind;
  range: TextRange;
  text: string;
  details: HintDetails | null;
  /** Of a diagnostic. */
  severity: 'information' | 'warning' | null;
  /** Stable name of what a diagnostic, or a lens that says something, is about; null for a lens that only does. */
  code: string | null;
  fixes: HintFix[];
  /** Of a lens; of an inlay, what its last words do. */
  action: HintLink | null;
}

/** A table, or what makes it when somebody asks: few hints are ever hovered over. */
type DetailsMaker = HintDetails | null | (() => HintDetails | null);

function withDetails(hint: Omit<Hint, 'details'>, details: DetailsMaker): Hint {
  if (typeof details !== 'function') return { ...hint, details };
  let made: HintDetails | null | undefined;
  return {
    ...hint,
    get details() {
      return made === undefined ? (made = details()) : made;
    },
  };
}

export const inlay = (
  range: TextRange,
  text: string,
  details: DetailsMaker,
  action: HintLink | null = null,
  fixes: HintFix[] = [],
): Hint => withDetails({ kind: 'inlay', range, text, severity: null, code: null, fixes, action }, details);

export const lens = (text: string, action: HintAction, code: 'total' | 'stale' | 'noProfile' | null = null): Hint => ({
  kind: 'lens',
  range: { start: 0, end: 0 },
  text,
  details: null,
  severity: null,
  code,
  fixes: [],
  action: { label: text, action },
});

export const diagnostic = (
  severity: 'information' | 'warning',
  code: string,
  range: TextRange,
  text: string,
  fixes: HintFix[] = [],
  details: DetailsMaker = null,
): Hint => withDetails({ kind: 'diagnostic', range, text, severity, code, fixes, action: null }, details);

const moved = ({ start, end }: TextRange, by: number): TextRange => ({ start: start + by, end: end + by });

/** The hint where everything in front of it grew by some characters. */
export function movedHint(hint: Hint, by: number): Hint {
  const { kind, text, severity, code, action } = hint;
  const fixes = hint.fixes.map((fix) => ({
    ...fix,
    edits: fix.edits.map((edit) => ({ ...edit, range: moved(edit.range, by) })),
  }));
  return withDetails({ kind, range: moved(hint.range, by), text, severity, code, fixes, action }, () => hint.details);
}
