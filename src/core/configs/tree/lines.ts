import type { TextRange } from './node.js';

/** From 0, as editors and their protocols count; characters are UTF-16 units. */
export interface Position {
  line: number;
  character: number;
}

/** Offsets of one text as lines and characters. */
export class LinePositions {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (const { 0: lineBreak, index } of text.matchAll(/\r\n|\r|\n/g)) this.#starts.push(index + lineBreak.length);
  }

  at(offset: number): Position {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low, character: offset - (this.#starts[low] ?? 0) };
  }

  range({ start, end }: TextRange): { start: Position; end: Position } {
    return { start: this.at(start), end: this.at(end) };
  }
}
