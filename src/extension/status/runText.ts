import type { Text } from '../../format/text/text.js';
import { phaseRows, runFraction, runLine } from '../../format/views/progress.js';
import type { PageRun } from '../../protocol/webview.js';

/** `Latency, round 3 of 5 · about 5 s left · 61 of 147 runs`: the phase with its real counts. */
export function runText(run: PageRun, text: Text): string {
  const line = runLine(run, text);
  if (run.state !== 'running') return line;
  const current = phaseRows(run, text).find((row) => row.state === 'running');
  return current && current.value !== '' ? `${line} · ${current.value}` : line;
}

/** Turns fractions that may go back, when an estimate grows, into steps that never do. */
export class Increments {
  #shown = 0;

  /** Percent to add; undefined while the end is unknown. */
  next(run: PageRun): number | undefined {
    const fraction = runFraction(run);
    if (fraction === null) return undefined;
    const increment = Math.max(0, fraction * 100 - this.#shown);
    this.#shown += increment;
    return increment;
  }
}
