/** One line of text from elsewhere (a library's message, a name from a file), fit to be shown: bounded, no control characters. */
export function oneLine(text: string, maximumLength = 300): string {
  const line = Array.from(text, (character) => (character < ' ' || character === '\u007f' ? ' ' : character)).join('');
  const trimmed = line.replace(/\s+/g, ' ').trim();
  return trimmed.length <= maximumLength ? trimmed : `${trimmed.slice(0, maximumLength - 1)}…`;
}
