/** What was read of the parts of a text, kept for the next reading: an edit changes one of them and moves the others. */

import type { ServingConfig } from './servingConfig.js';
import { movedBy } from './moved.js';
import type { Located, TextRange } from './tree/node.js';

/** What was read of one part. */
export interface PartReading {
  configs: readonly ServingConfig[];
  /** Model files that it names. */
  literals: readonly Located<string>[];
}

interface Part extends PartReading {
  start: number;
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
  of(range: TextRange, read: () => PartReading): PartReading {
    const { start, end } = range;
    const written = this.text.slice(start, end);
    if (!this.isItself(written, start, end)) return read();
    const known = this.known.get(written);
    const reading = known ? moved(known, start - known.start) : read();
    // Of the same text twice the first is kept.
    if (!this.parts.has(written)) this.parts.set(written, { ...reading, start });
    return reading;
  }

  /** Its meaning does not depend on what stands around it: no aliases, no template that begins elsewhere. */
  private isItself(written: string, start: number, end: number): boolean {
    return !LEADS_ELSEWHERE.test(written) && (this.masked === this.text || this.masked.slice(start, end) === written);
  }
}

const moved = ({ configs, literals }: PartReading, by: number): PartReading =>
  by === 0
    ? { configs, literals }
    : { configs: configs.map((one) => movedBy(one, by)), literals: literals.map((one) => movedBy(one, by)) };

export const joined = (parts: readonly PartReading[]): PartReading => ({
  configs: parts.flatMap(({ configs }) => configs),
  literals: parts.flatMap(({ literals }) => literals),
});
