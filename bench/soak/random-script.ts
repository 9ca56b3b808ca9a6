import { healthy, type Phase, phaseKinds } from '../faults/script.ts';
import { pick } from '../random.ts';

const shortestSeconds = 3;
const longestSeconds = 60;

/** Phases of random length, half of them healthy and half with a random fault, for `seconds` in all. */
export function createRandomScript(seconds: number, random: () => number): readonly Phase[] {
  const phases: Phase[] = [];
  for (let leftSeconds = seconds; leftSeconds > 0; ) {
    const kind = random() < 0.5 ? healthy : pick(phaseKinds, random);
    const length = Math.min(leftSeconds, shortestSeconds + (longestSeconds - shortestSeconds) * random() ** 2);
    phases.push({ ...kind, seconds: length });
    leftSeconds -= length;
  }
  return phases;
}
