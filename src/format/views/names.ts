/** Names from models as text for people: never cut at the end, where they differ. */

// They would break lines and copied text, or turn the reading direction.
const CONTROL_CHARACTERS = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Full text of a name for titles and copies: bounded, without control characters. */
export const plainName = (name: string): string => name.slice(0, 4096).replace(CONTROL_CHARACTERS, ' ');

/** Shortens in the middle to at most `maximum` characters; whole code points stay whole. */
export function shortenMiddle(name: string, maximum: number): string {
  const plain = plainName(name);
  const points = Array.from(plain);
  if (points.length <= maximum) return plain;
  const head = Math.ceil((maximum - 1) / 2);
  const tail = maximum - 1 - head;
  return `${points.slice(0, head).join('')}…${points.slice(points.length - tail).join('')}`;
}

/** The last part of a path of names; the whole when it has none. */
export function lastSegment(name: string): string {
  const parts = name.split('/').filter((part) => part !== '');
  return parts[parts.length - 1] ?? name;
}

/** `p2o.Conv.58` to `Conv.58`: exporters' prefixes before the op type say nothing inside its module. */
export function shortOperatorName(name: string, opType: string): string {
  const last = lastSegment(name);
  const at = last.lastIndexOf(opType);
  return at > 0 && /[._]/.test(last[at - 1] ?? '') ? last.slice(at) : last;
}
