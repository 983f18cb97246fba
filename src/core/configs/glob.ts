/**
 * Whether a path (with `/`) matches a glob: `*` and `?` inside a segment, `**` for any number of segments. Everything
 * else stands for itself. Time is bounded by the product of the lengths, whatever the pattern.
 */
export function matchesGlob(path: string, glob: string): boolean {
  const segments = path.split('/');
  const patterns = glob.replace(/^\.\//, '').split('/');
  // reachable[i]: the patterns so far match the first i segments.
  let reachable = segments.map(() => false);
  reachable.unshift(true);
  for (const pattern of patterns) {
    const next = reachable.map(() => false);
    for (let end = 0; end <= segments.length; end += 1) {
      const before = end > 0 && (reachable[end - 1] ?? false);
      if (pattern === '**') next[end] = (reachable[end] ?? false) || (end > 0 && (next[end - 1] ?? false));
      else next[end] = before && matchesSegment(segments[end - 1] ?? '', pattern);
    }
    reachable = next;
  }
  return reachable[segments.length] ?? false;
}

/** Greedy, going back to the last star only: linear in practice, never exponential. */
function matchesSegment(segment: string, pattern: string): boolean {
  let at = 0;
  let patternAt = 0;
  let star = -1;
  let starAt = 0;
  while (at < segment.length) {
    const wanted = pattern[patternAt];
    if (wanted === '*') {
      star = patternAt;
      starAt = at;
      patternAt += 1;
    } else if (wanted !== undefined && (wanted === '?' || wanted === segment[at])) {
      at += 1;
      patternAt += 1;
    } else if (star !== -1) {
      starAt += 1;
      at = starAt;
      patternAt = star + 1;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(patternAt));
}
