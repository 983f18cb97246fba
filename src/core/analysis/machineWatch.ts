/**
 * Knows the machine at its best, and waits for it: a host moves cores that it took apart together again while they rest,
 * and a neighbour that shares a core often does so for moments only. Where the distance was not what disturbed, they do
 * not rest: they could be woken farther apart, or too near.
 */

import type { LoadGauge, MachineReading } from '../runtime/gauge.js';
import { areApart, bestReading, isSlow } from './clockVerdict.js';

export interface MachineWatchOptions {
  /** For everything, the waiting included. */
  budgetNs: number;
  now(): number;
  stopRequested(): boolean;
  gauge: LoadGauge;
}

/** Readings at the start, a rest before each but the first: cores that are apart at first often are not at the third. */
const LOOKS = 6;
const LOOK_SHARE = 0.04;
/** Of the budget, for all waiting together. */
const WAIT_SHARE = 0.2;
/** What a reading counts at least, so that the waiting ends whatever the clock says. */
const LEAST_READING_NS = 1e6;

export class MachineWatch {
  private best: MachineReading = { referenceNs: Infinity, handoffNs: null };
  private last = this.best;
  private waitLeftNs: number;

  constructor(private readonly options: MachineWatchOptions) {
    this.waitLeftNs = WAIT_SHARE * options.budgetNs;
  }

  /** The machine at its best before anything ran: of one reading, of several where cores can be apart. */
  async look(): Promise<MachineReading> {
    const { options } = this;
    const { gauge } = options;
    await gauge.read(); // Dropped: the first pass is not compiled yet.
    const until = options.now() + LOOK_SHARE * options.budgetNs;
    for (let looks = 0; looks < LOOKS; looks++) {
      this.note(await gauge.read({ rested: looks > 0 }));
      if (this.last.handoffNs === null || options.now() >= until) break;
    }
    return this.best;
  }

  note(reading: MachineReading): void {
    this.last = reading;
    this.best = bestReading([this.best, reading]);
  }

  /** The last reading; where the machine was not at its best then, one of when it is, or when the waiting is spent. */
  async whenAtBest(): Promise<MachineReading> {
    const { options } = this;
    while (isSlow(this.last, this.best) && this.waitLeftNs > 0 && !options.stopRequested()) {
      const from = options.now();
      const rested = this.last.handoffNs === null || areApart(this.last, this.best);
      this.note(await options.gauge.read({ rested }));
      this.waitLeftNs -= Math.max(LEAST_READING_NS, options.now() - from);
    }
    return this.last;
  }
}
