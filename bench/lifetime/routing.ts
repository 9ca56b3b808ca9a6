import { createRandom } from '../random.ts';

/**
 * Chooses the instance for the next request: at random, all alike, and the same in every run. Lambda itself prefers the
 * instance that has served last, so that successive requests would meet only one. At random all stay busy, which is the
 * worst case for a memory of each instance's own.
 */
export function createRouting(instances: number, seed: number): () => number {
  const random = createRandom(seed);
  return () => Math.floor(random() * instances);
}
