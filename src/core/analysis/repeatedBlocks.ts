/** A sequence that repeats: the blocks of a transformer, whatever their nodes are called. */

export interface Repetition {
  /** Index of the first element of the first block. */
  start: number;
  /** Elements of a block. */
  period: number;
  blocks: number;
}

const MAXIMUM_PERIOD = 256;
const MAXIMUM_LENGTH = 8192;
const FEWEST_BLOCKS = 3;

/**
 * The repetition that covers most of a sequence; of equal ones that with the shortest period. null when nothing repeats
 * at least three times. O(length × period).
 */
export function findRepetition(sequence: readonly string[]): Repetition | null {
  if (sequence.length > MAXIMUM_LENGTH) return null;
  let best: Repetition | null = null;
  const longest = Math.min(MAXIMUM_PERIOD, Math.floor(sequence.length / FEWEST_BLOCKS));
  for (let period = 1; period <= longest; period++) {
    let run = 0;
    for (let index = period; index <= sequence.length; index++) {
      if (index < sequence.length && sequence[index] === sequence[index - period]) {
        run++;
        continue;
      }
      const blocks = Math.floor((run + period) / period);
      const found = { start: index - run - period, period, blocks };
      if (blocks >= FEWEST_BLOCKS && blocks * period > (best ? best.blocks * best.period : 0)) best = found;
      run = 0;
    }
  }
  return best;
}
