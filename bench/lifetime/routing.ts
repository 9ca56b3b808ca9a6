/**
 * Chooses the instance for the next request: at random, all alike, and the same in every run. Lambda itself prefers the
 * instance that has served last, so that successive requests would meet only one. At random all stay busy, which is the
 * worst case for a memory of each instance's own.
 */
export function createRouting(instances: number, seed: number): () => number {
  const random = createRandom(seed);
  return () => Math.floor(random() * instances);
}

/** Mulberry32. @returns from 0 up to 1 */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
