/**
 * Which instance takes the next request: any of them, each as often as the other, the same in every run. Lambda itself
 * takes an idle instance that has just served, so that requests one after the other would meet one instance only. At
 * random all of them are kept busy: for a memory of each instance's own, that is the worst case.
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
