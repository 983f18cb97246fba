/** Always the same work, whose time tells how fast a core is at the moment. */

export const REFERENCE_STEPS = 200_000;
export const REFERENCE_REPEATS = 3;

/**
 * Integer arithmetic in six chains side by side, half a millisecond on current CPUs. They keep the core's units busy, so
 * the time rises not only with a lower clock but also when the core is shared with another one of its hardware threads,
 * which no counter of a virtual machine tells; a single chain would wait for itself and not notice. The result is
 * returned so that nothing can be dropped.
 */
export function referenceKernel(steps: number): number {
  let [a, b, c, d, e, f] = [1, 2, 3, 4, 5, 6];
  for (let step = 0; step < steps; step++) {
    a ^= a << 13;
    b ^= b << 13;
    c ^= c << 13;
    d ^= d << 13;
    e ^= e << 13;
    f ^= f << 13;
    a ^= a >>> 17;
    b ^= b >>> 17;
    c ^= c >>> 17;
    d ^= d >>> 17;
    e ^= e >>> 17;
    f ^= f >>> 17;
    a ^= a << 5;
    b ^= b << 5;
    c ^= c << 5;
    d ^= d << 5;
    e ^= e << 5;
    f ^= f << 5;
  }
  // A sum, not their exclusive or: the chains are linear, so that of 1 ^ 2 ^ … would be one more chain, or nothing.
  return (a >>> 1) + (b >>> 1) + (c >>> 1) + (d >>> 1) + (e >>> 1) + (f >>> 1);
}

/** Of a few passes on the core of this thread, by a monotonic clock. */
export function leastReferenceNs(nowNs: () => number): number {
  let least = Infinity;
  for (let repeat = 0; repeat < REFERENCE_REPEATS; repeat++) {
    const start = nowNs();
    if (referenceKernel(REFERENCE_STEPS) === 0) throw new Error('all six chains reached their fixed point');
    least = Math.min(least, nowNs() - start);
  }
  return least;
}
