/** A benchmark: figures with the bar that they should hold, from real runs; ratios against a peer or a bare loop in the same run. */

export interface Figure {
  what: string;
  value: number;
  unit: string;
  /** What it should hold, e.g. { atMost: 2.5 }; none for a figure that is only shown. */
  bar?: { atMost: number } | { atLeast: number };
}

export interface Benchmark {
  name: string;
  /** One by one where the next takes minutes. */
  run(): Figure[] | Promise<Figure[]> | AsyncIterable<Figure>;
}

export function holds({ value, bar }: Figure): boolean {
  if (!Number.isFinite(value)) return false;
  if (!bar) return true;
  return 'atMost' in bar ? value <= bar.atMost : value >= bar.atLeast;
}
