/** What was read of the parts of a text, kept for the next reading: an edit changes one of them and moves the others. */

import type { ServingConfig } from './servingConfig.js';
import { movedBy } from './moved.js';
import type { TextRange } from './tree/node.js';

interface Part {
  start: number;
  configs: readonly ServingConfig[];
}

/** Parts with anchors or aliases mean what other parts say. */
const LEADS_ELSEWHERE = /[&*]/;

export class KeptParts {
  private readonly parts = new Map<string, Part>();
  /** The last reading's alone: those before it are let go. */
  private readonly known: ReadonlyMap<string, Part>;

  constructor(
    private readonly text: string,
    private readonly masked: string,
    before: KeptParts | null,
  ) {
    this.known = before?.parts ?? new Map();
  }

  /** What `read` gives, or gave of the same text before, moved to where it stands now. */
  of(range: TextRange, read: () => readonly ServingConfig[]): readonly ServingConfig[] {
    const { start, end } = range;
    const written = this.text.slice(start, end);
    const known = this.known.get(written);
    if (known && this.isItself(written, start, end)) {
      const configs =
        known.start === start ? known.configs : known.configs.map((one) => movedBy(one, start - known.start));
      this.parts.set(written, { start, configs });
      return configs;
    }
    const configs = read();
    // Of the same text twice, the first is kept; a part inside another one may be all of it.
    if (this.isItself(written, start, end) && !this.parts.has(written)) this.parts.set(written, { start, configs });
    return configs;
  }

  /** Its meaning does not depend on what stands around it: no aliases, no template that begins elsewhere. */
  private isItself(written: string, start: number, end: number): boolean {
    return !LEADS_ELSEWHERE.test(written) && (this.masked === this.text || this.masked.slice(start, end) === written);
  }
}
