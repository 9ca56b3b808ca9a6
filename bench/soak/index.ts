import { parseArgs } from 'node:util';
import { bundleAll } from '../faults/bundles.ts';
import { type Neighbour, neighbours } from '../faults/neighbours.ts';
import { type Run, runContestant } from '../faults/run-contestant.ts';
import type { Phase } from '../faults/script.ts';
import { formatTable } from '../markdown.ts';
import { createRandom, pick } from '../random.ts';
import { ScaledClock } from '../scaled-clock.ts';
import { inTemporaryDirectory } from '../temporary-directory.ts';
import { createRandomScript } from './random-script.ts';
import { requestBound } from './request-bound.ts';

/** So that a token is refreshed a few times. */
const tokenLifetimeSeconds = 150;
const neighbourClients = 6;

/**
 * Random callers against backends with random faults, on the fast clock of `faults`. It is a check and fails the run when a
 * caller who only asks for the default scope is refused while a token is valid, when an expired token is answered, or when
 * an instance sends the provider more requests for a scope set than `request-bound.ts` allows.
 *
 * - `--minutes`: of the fast clock.
 * - `--speed`: how much faster than the wall clock it runs.
 * - `--rate`: vends per second of the wall clock, by callers of the default scope; the others ask as often.
 * - `--seed`: of all that is random on our side. The default is another one each time.
 */
export async function runSoak(args: readonly string[]): Promise<void> {
  const { minutes, speed, rate, seed } = parseSettings(args);
  const random = createRandom(seed);
  const phases = createRandomScript(minutes * 60, random);
  process.stdout.write(`\nsoak: ${minutes} minutes in ${(minutes * 60) / speed} s, seed ${seed}\n`);
  const run = await inTemporaryDirectory(async (directory) => {
    const bundles = await bundleAll(directory, ['vend']);
    return runContestant('vend', {
      bundles,
      phases,
      clock: new ScaledClock(speed, Date.now() + 4_000),
      seconds: (minutes * 60) / speed,
      speed,
      rate,
      maxInstances: 3,
      tokenLifetimeSeconds,
      neighbours: Array.from({ length: neighbourClients }, () => createRandomNeighbour(random)),
    });
  });
  report(run, phases);
}

function parseSettings(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '10' },
      speed: { type: 'string', default: '10' },
      rate: { type: 'string', default: '30' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    },
  });
  const [minutes, speed, rate, seed] = [values.minutes, values.speed, values.rate, values.seed].map(Number);
  return { minutes, speed, rate, seed } as Record<'minutes' | 'speed' | 'rate' | 'seed', number>;
}

/** Asks for something else each time. */
function createRandomNeighbour(random: () => number): Neighbour {
  const all = Object.values(neighbours);
  return (view) => pick(all, random)({ ...view, asked: Math.floor(random() * 2 ** 10) });
}

function report({ figures, requests }: Run, phases: readonly Phase[]): void {
  const bound = requestBound(phases, tokenLifetimeSeconds);
  const [busiest, most] = [...requests].reduce((max, slot) => (slot[1] > max[1] ? slot : max), ['none', 0]);
  const checks: readonly (readonly [what: string, found: number, allowed: number])[] = [
    ['vends refused while the instance held a valid token', figures.refusedWhileHeld, 0],
    ['vends refused although both backends were healthy for long', figures.refusedWithoutCause, 0],
    ['vends answered with an expired token', figures.answeredExpired, 0],
    ['exchanges within a Retry-After', figures.exchangesInsideOwnRetryAfter, 0],
    [`requests to the provider for one scope set (${busiest})`, most, bound],
  ];
  const counts = [
    ['vends of the default scope asked', figures.asked],
    ['… refused', figures.refused],
    ["others' requests", figures.neighboursAsked],
    ['requests to the provider', figures.exchanges],
  ].map((row) => [...row.map(String), '']);
  const rows = checks.map(([what, found, allowed]) => [what, `${found}`, `${allowed}`]);
  process.stdout.write(`\n${formatTable(['soak', 'found', 'allowed'], [...counts, ...rows])}\n`);
  const broken = checks.filter(([, found, allowed]) => found > allowed);
  for (const [what, found, allowed] of broken) process.stderr.write(`${what}: ${found}, allowed ${allowed}\n`);
  if (figures.asked === 0 || figures.neighboursAsked === 0) throw new Error('Nobody asked for anything.');
  if (broken.length > 0) process.exitCode = 1;
}
