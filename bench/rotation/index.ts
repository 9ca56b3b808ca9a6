import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { writeResults } from '../results.ts';
import { printTable } from '../table.ts';
import { createTraffic, type Traffic } from './constant-traffic.ts';
import { type Kind, type Rotated, rotateOnce, rotateToWrong } from './rotate-once.ts';
import { type RotatingStack, startRotatingStack } from './rotating-stack.ts';

// Vends from memory need 10 s of life: so these tokens serve 2 s, and each instance exchanges every 2 s.
const tokenLifetimeSeconds = 12;

/**
 * Constant signed traffic while the secret is rotated again and again; a failed vend, or wrong credentials that were
 * promoted, fail the run.
 *
 * - `--rotations`: how many; every other one is a hard cutover, one of them interrupted between every pair of steps, and
 *   in between wrong credentials are staged once.
 * - `--instances`: of the vending function.
 */
export async function runRotation(args: readonly string[]): Promise<void> {
  const options = {
    rotations: { type: 'string', default: '20' },
    instances: { type: 'string', default: '4' },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  const instances = Number(values.instances);
  const traffic = createTraffic();
  const stack = await startRotatingStack({
    maxInstances: instances,
    tokenLifetimeSeconds,
    onVendLine: traffic.onVendLine,
  });
  try {
    const stopTraffic = traffic.start(stack, instances);
    await setTimeout(2_000);
    const { rotated, isWrongPromoted } = await rotateAll(stack, Number(values.rotations));
    await stopTraffic();
    print(traffic, rotated, isWrongPromoted);
    const { vends, failures } = traffic;
    const figures = { vends, failures, isWrongPromoted, rotations: rotated.map((one) => measure(traffic, one)) };
    await writeResults('rotation', { rotations: rotated.length, instances, tokenLifetimeSeconds }, figures);
    if (traffic.failures.length > 0 || isWrongPromoted) process.exitCode = 1;
  } finally {
    await stack.close();
  }
}

async function rotateAll(
  stack: RotatingStack,
  count: number,
): Promise<{ rotated: readonly Rotated[]; isWrongPromoted: boolean }> {
  const rotated: Rotated[] = [];
  let isWrongPromoted = false;
  const middle = Math.floor(count / 4) * 2 + 1;
  for (let index = 0; index < count; index += 1) {
    if (index === middle) isWrongPromoted = await rotateToWrong(stack);
    rotated.push(await rotateOnce(stack, kindOf(index, middle)));
    // The tokens of the old secret serve up to 2 s more.
    await setTimeout(2_500);
  }
  return { rotated, isWrongPromoted };
}

function kindOf(index: number, middle: number): Kind {
  if (index === middle) return 'hard, interrupted between every pair of steps';
  return index % 2 === 0 ? 'overlap' : 'hard';
}

/** @returns how long after the cutover a token of the old version was last vended */
function measure({ lastVendedAtMs }: Traffic, { kind, from, cutOverAtMs }: Rotated) {
  return { kind, oldVendedForMs: Math.max(0, (lastVendedAtMs.get(from) ?? 0) - cutOverAtMs) };
}

function print(traffic: Traffic, rotated: readonly Rotated[], isWrongPromoted: boolean): void {
  const { vends, failures } = traffic;
  const kinds = [...new Set(rotated.map(({ kind }) => kind))];
  const rows = kinds.map((kind) => {
    const ofKind = rotated.filter((rotation) => rotation.kind === kind);
    const longestMs = Math.max(...ofKind.map((rotation) => measure(traffic, rotation).oldVendedForMs));
    return [kind, String(ofKind.length), (longestMs / 1000).toFixed(1)];
  });
  process.stdout.write(`\n# Rotation under load\n`);
  printTable(['kind', 'rotations', 's from the cutover until the last token of the old version'], rows);
  process.stdout.write(
    `\n${vends} vends, ${failures.length} failed; wrong credentials ${isWrongPromoted ? 'WERE PROMOTED' : 'were not promoted'}.\n` +
      `Tokens serve 2 s here; with Prove's they go on for up to an hour unless a caller reports them.\n`,
  );
  for (const failure of new Set(failures)) process.stdout.write(`  failed: ${failure}\n`);
}
