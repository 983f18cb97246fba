/**
 * What grammars written for an editor take from it, in place of `@codemirror/language` in the bundles. They are here for
 * their parsers; the editor behind them, with its page, its folding and its indents, would be most of what is shipped.
 */

import { NodeProp, type Parser } from '@lezer/common';

interface LanguageOf<P extends Parser> {
  parser: P;
}

export const LRLanguage = {
  define: <P extends Parser>({ parser }: LanguageOf<P>): LanguageOf<P> => ({ parser }),
};

/** A language with what an editor adds to it. */
export class LanguageSupport {
  constructor(readonly language: unknown) {}
}

// Grammars attach these to their nodes; nobody asks for them.
export const indentNodeProp = new NodeProp<unknown>();
export const foldNodeProp = new NodeProp<unknown>();
export const continuedIndent = (): null => null;
export const delimitedIndent = (): null => null;
export const foldInside = (): null => null;
