import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { printSection } from '../markdown.ts';
import { writeResults } from '../results.ts';
import { inTemporaryDirectory } from '../temporary-directory.ts';
import { ConstantTraffic } from './constant-traffic.ts';
import { formatRotation, type MeasuredRotation, type RotationResults, type Settings } from './report.ts';
import { type Kind, type Rotated, rotateOnce, rotateToWrong } from './rotate-once.ts';
import { type RotatingStack, startRotatingStack } from './rotating-stack.ts';

// A vend from memory needs 10 s of life: so these tokens serve for 2 s, and each instance exchanges every 2 s.
const tokenLifetimeSeconds = 12;

/**
 * Rotates the secret again and again under constant signed traffic. A failed vend fails the run, and so do wrong
 * credentials that are promoted.
 *
 * - `--rotations`: how many. Every other one is a hard cutover, and one of those is interrupted between every pair of
 *   steps. Once in between, wrong credentials are staged.
 * - `--instances`: of the vending function.
 */
export async function runRotation(args: readonly string[]): Promise<void> {
  const settings = parseSettings(args);
  await inTemporaryDirectory(async (directory) => {
    const traffic = new ConstantTraffic();
    const stack = await startRotatingStack({
      maxInstances: settings.instances,
      tokenLifetimeSeconds,
      directory,
      onVendLine: (line) => traffic.readLine(line),
    });
    try {
      const figures = await measureAll(settings, stack, traffic);
      printSection(formatRotation(await writeResults('rotation', settings, figures)));
      if (figures.failures.length > 0 || figures.isWrongPromoted) process.exitCode = 1;
    } finally {
      await stack.close();
    }
  });
}

function parseSettings(args: readonly string[]): Settings {
  const options = {
    rotations: { type: 'string', default: '20' },
    instances: { type: 'string', default: '4' },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  return { rotations: Number(values.rotations), instances: Number(values.instances), tokenLifetimeSeconds };
}

async function measureAll(
  settings: Settings,
  stack: RotatingStack,
  traffic: ConstantTraffic,
): Promise<RotationResults['figures']> {
  const stopTraffic = traffic.start(stack, settings.instances);
  await setTimeout(2_000);
  const { rotated, isWrongPromoted } = await rotateAll(stack, settings.rotations);
  await stopTraffic();
  const { vends, failures } = traffic;
  return { vends, failures, isWrongPromoted, rotations: rotated.map((one) => measure(traffic, one)) };
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
    // Tokens of the old secret serve for up to 2 s more.
    await setTimeout(2_500);
  }
  return { rotated, isWrongPromoted };
}

function kindOf(index: number, middle: number): Kind {
  if (index === middle) return 'hard, interrupted between every pair of steps';
  return index % 2 === 0 ? 'overlap' : 'hard';
}

function measure({ lastVendedAtMs }: ConstantTraffic, { kind, from, cutOverAtMs }: Rotated): MeasuredRotation {
  return { kind, oldVendedForMs: Math.max(0, (lastVendedAtMs.get(from) ?? 0) - cutOverAtMs) };
}
