/** Splits a JSON array that arrives in chunks into the bytes of its objects, without holding more than one of them. */

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const LINE_FEED = 0x0a;

/** An event is about 1 kB; one beyond this is not an event. */
const MAXIMUM_OBJECT_BYTES = 1 << 20;

const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

function lastBefore(buffer: Buffer, end: number): number {
  let index = end - 1;
  while (index > 0 && isSpace(buffer[index] as number)) index -= 1;
  return buffer[index] as number;
}

/**
 * Aware of strings, escapes and nesting. The runtime does not escape names: a line break inside a string (which JSON
 * does not allow) means that a quote was lost, so the object is given up and the next one is looked for.
 */
export class ObjectSplitter {
  /** Objects given up: damaged, too long, or cut off by the file's end. */
  abandoned = 0;
  private rest = Buffer.alloc(0);
  private depth = 0;
  private inString = false;
  private escaped = false;
  /** An object may begin only after '[' or ','; the rest of a damaged one does not look like that. */
  private previous = COMMA;

  constructor(private readonly onObject: (bytes: Buffer) => void) {}

  push(chunk: Buffer): void {
    const buffer = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let start = this.depth > 0 ? 0 : -1;
    for (let index = this.rest.length; index < buffer.length; index += 1) {
      const byte = buffer[index] as number;
      if (this.depth === 0) {
        if (this.opens(byte)) start = index;
        continue;
      }
      if (this.damaged(byte, index - start)) {
        this.giveUp();
        // The comma before the line break may be the one before the next object.
        this.previous = lastBefore(buffer, index);
        start = -1;
      } else if (this.closes(byte)) {
        this.onObject(buffer.subarray(start, index + 1));
        start = -1;
      }
    }
    // A copy: the chunk's memory may be written again by the reader.
    this.rest = start === -1 ? Buffer.alloc(0) : Buffer.from(buffer.subarray(start));
  }

  end(): void {
    if (this.depth > 0) this.giveUp();
    this.rest = Buffer.alloc(0);
  }

  private opens(byte: number): boolean {
    const begins = byte === OPEN && (this.previous === COMMA || this.previous === OPEN_ARRAY);
    if (!isSpace(byte)) this.previous = byte;
    if (begins) this.depth = 1;
    return begins;
  }

  private damaged(byte: number, length: number): boolean {
    return (this.inString && byte === LINE_FEED) || length > MAXIMUM_OBJECT_BYTES;
  }

  private giveUp(): void {
    this.abandoned += 1;
    this.depth = 0;
    this.inString = false;
    this.escaped = false;
  }

  /** Takes one byte of an object; true when it is the object's last. */
  private closes(byte: number): boolean {
    if (this.inString) {
      if (this.escaped) this.escaped = false;
      else if (byte === BACKSLASH) this.escaped = true;
      else if (byte === QUOTE) this.inString = false;
      return false;
    }
    if (byte === QUOTE) this.inString = true;
    else if (byte === OPEN) this.depth += 1;
    else if (byte === CLOSE) {
      this.depth -= 1;
      this.previous = CLOSE;
      return this.depth === 0;
    }
    return false;
  }
}
