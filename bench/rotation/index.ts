import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { printSection } from '../markdown.ts';
import { writeResults } from '../results.ts';
import { inTemporaryDirectory } from '../temporary-directory.ts';
import { ConstantTraffic } from './constant-traffic.ts';
import {
  formatRotation,
  judgeRotation,
  type MeasuredRotation,
  type RotationFigures,
  type RotationResults,
  type Settings,
} from './report.ts';
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
 * - `--fleet-rotations`, `--fleet-instances`: the same for a second run with a token store; 0 leaves it out.
 */
export async function runRotation(args: readonly string[]): Promise<void> {
  const settings = parseSettings(args);
  const { fleetRotations: rotations = 0, fleetInstances: instances = 0 } = settings;
  const own = await measureOn('memory', settings);
  const withStore = rotations === 0 ? undefined : await measureOn('dynamodb', { ...settings, rotations, instances });
  const figures = { ...own, ...(withStore && { withStore }) };
  const results: RotationResults = await writeResults('rotation', settings, figures);
  printSection(formatRotation(results), judgeRotation(results));
  for (const { failures, isWrongPromoted } of [own, ...(withStore ? [withStore] : [])]) {
    if (failures.length > 0 || isWrongPromoted) process.exitCode = 1;
  }
}

function measureOn(tokenStore: 'memory' | 'dynamodb', settings: Settings): Promise<RotationFigures> {
  return inTemporaryDirectory(async (directory) => {
    const traffic = new ConstantTraffic();
    const stack = await startRotatingStack({
      maxInstances: settings.instances,
      tokenStore,
      tokenLifetimeSeconds,
      directory,
      onVendLine: (line) => traffic.readLine(line),
    });
    try {
      return await measureAll(settings, stack, traffic);
    } finally {
      await stack.close();
    }
  });
}

function parseSettings(args: readonly string[]): Settings {
  const options = {
    rotations: { type: 'string', default: '20' },
    instances: { type: 'string', default: '4' },
    'fleet-rotations': { type: 'string', default: '8' },
    'fleet-instances': { type: 'string', default: '20' },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  return {
    rotations: Number(values.rotations),
    instances: Number(values.instances),
    fleetRotations: Number(values['fleet-rotations']),
    fleetInstances: Number(values['fleet-instances']),
    tokenLifetimeSeconds,
  };
}

async function measureAll(
  settings: Settings,
  stack: RotatingStack,
  traffic: ConstantTraffic,
): Promise<RotationFigures> {
  const stopTraffic = traffic.start(stack, settings.instances);
  await setTimeout(2_000);
  const { rotated, isWrongPromoted } = await rotateAll(stack, settings.rotations);
  await stopTraffic();
  const { vends, failures, storeFailures } = traffic;
  return { vends, failures, storeFailures, isWrongPromoted, rotations: rotated.map((one) => measure(traffic, one)) };
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

function measure(
  { lastVendedAtMs, exchangedAtMs }: ConstantTraffic,
  { kind, from, to, cutOverAtMs, promotedAtMs }: Rotated,
): MeasuredRotation {
  const exchanges = (exchangedAtMs.get(to) ?? []).filter((atMs) => atMs >= promotedAtMs);
  const firstMs = exchanges[0] ?? promotedAtMs;
  return {
    kind,
    oldVendedForMs: Math.max(0, (lastVendedAtMs.get(from) ?? 0) - cutOverAtMs),
    exchangesAfterPromotion: exchanges.filter((atMs) => atMs < firstMs + 1_000).length,
  };
}
