/** Longest common subsequence of two lists of tokens: which positions go together, in order. */

export type Pair = readonly [base: number, next: number];

/** Cells of the table; beyond them only what is unique on both sides is aligned first. */
const MOST_CELLS = 4_000_000;

/** Pairs of positions with equal tokens, ascending on both sides. */
export function align(base: readonly string[], next: readonly string[]): Pair[] {
  const pairs: Pair[] = [];
  alignRange({ base, next }, 0, base.length, 0, next.length, pairs);
  return pairs.sort((a, b) => a[0] - b[0]);
}

interface Lists {
  base: readonly string[];
  next: readonly string[];
}

function alignRange(lists: Lists, from: number, to: number, nextFrom: number, nextTo: number, pairs: Pair[]): void {
  const { base, next } = lists;
  while (from < to && nextFrom < nextTo && base[from] === next[nextFrom]) pairs.push([from++, nextFrom++]);
  while (from < to && nextFrom < nextTo && base[to - 1] === next[nextTo - 1]) pairs.push([--to, --nextTo]);
  if (from === to || nextFrom === nextTo) return;
  if ((to - from) * (nextTo - nextFrom) <= MOST_CELLS) {
    byTable(lists, from, to, nextFrom, nextTo, pairs);
    return;
  }
  const anchors = uniqueInOrder(lists, from, to, nextFrom, nextTo);
  if (anchors.length === 0) return;
  for (const [at, nextAt] of [...anchors, [to, nextTo] as const]) {
    alignRange(lists, from, at, nextFrom, nextAt, pairs);
    if (at < to) pairs.push([at, nextAt]);
    [from, nextFrom] = [at + 1, nextAt + 1];
  }
}

/** The classical table of lengths, read from its start. */
function byTable(
  { base, next }: Lists,
  from: number,
  to: number,
  nextFrom: number,
  nextTo: number,
  pairs: Pair[],
): void {
  const [rows, columns] = [to - from, nextTo - nextFrom];
  const width = columns + 1;
  const lengths = new Uint32Array((rows + 1) * width);
  for (let row = rows - 1; row >= 0; row -= 1)
    for (let column = columns - 1; column >= 0; column -= 1)
      lengths[row * width + column] =
        base[from + row] === next[nextFrom + column]
          ? lengths[(row + 1) * width + column + 1]! + 1
          : Math.max(lengths[(row + 1) * width + column]!, lengths[row * width + column + 1]!);
  let [row, column] = [0, 0];
  while (row < rows && column < columns) {
    if (base[from + row] === next[nextFrom + column]) pairs.push([from + row++, nextFrom + column++]);
    else if (lengths[(row + 1) * width + column]! >= lengths[row * width + column + 1]!) row += 1;
    else column += 1;
  }
}

/** Tokens that stand once on each side, as far as their order agrees: the longest ascending run of them. */
function uniqueInOrder({ base, next }: Lists, from: number, to: number, nextFrom: number, nextTo: number): Pair[] {
  const once = (tokens: readonly string[], start: number, end: number): Map<string, number> => {
    const positions = new Map<string, number>();
    for (let at = start; at < end; at += 1) positions.set(tokens[at]!, positions.has(tokens[at]!) ? -1 : at);
    return positions;
  };
  const nextOnce = once(next, nextFrom, nextTo);
  const candidates = [...once(base, from, to)]
    .map(([token, at]): Pair => [at, nextOnce.get(token) ?? -1])
    .filter(([at, nextAt]) => at >= 0 && nextAt >= 0)
    .sort((a, b) => a[0] - b[0]);
  return longestAscending(candidates);
}

function longestAscending(pairs: readonly Pair[]): Pair[] {
  // ends[n]: the pair that ends the best run of n + 1 pairs.
  const ends: number[] = [];
  const before: number[] = [];
  for (const [position, [, nextAt]] of pairs.entries()) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[ends[middle]!]![1] < nextAt) low = middle + 1;
      else high = middle;
    }
    before.push(low === 0 ? -1 : ends[low - 1]!);
    ends[low] = position;
  }
  const run: Pair[] = [];
  for (let at = ends.at(-1) ?? -1; at >= 0; at = before[at]!) run.push(pairs[at]!);
  return run.reverse();
}
