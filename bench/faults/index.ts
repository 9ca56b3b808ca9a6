import { parseArgs } from 'node:util';
import { printSection } from '../markdown.ts';
import { writeResults } from '../results.ts';
import { ScaledClock } from '../scaled-clock.ts';
import { inTemporaryDirectory } from '../temporary-directory.ts';
import { bundleAll } from './bundles.ts';
import { neighbours } from './neighbours.ts';
import {
  type ContestantFigures,
  type FaultContestant,
  type FaultsResults,
  faultContestants,
  formatFaults,
  judgeFaults,
  type Settings,
} from './report.ts';
import { runContestant } from './run-contestant.ts';
import { createScriptedHour, scaleTo } from './script.ts';

/**
 * A scripted hour of faults at the provider and at Secrets Manager, for this service and for two things that one might use
 * instead, at the same time; and once more for this service while neighbours ask for what harms others. Missed targets are
 * printed and do not fail the run.
 *
 * - `--seconds`: how long it takes. The hour takes 150 s; less is a shorter script, not a faster one.
 * - `--speed`: how much faster than the wall clock the contestants' clocks run.
 * - `--rate`: vends per second of the wall clock, for each contestant.
 * - `--warm-up`: seconds in which all instances have to start.
 * - `--max-instances`: of each contestant.
 */
export async function runFaults(args: readonly string[]): Promise<void> {
  const { settings, warmUpSeconds } = parseSettings(args);
  const phases = scaleTo(settings.seconds * settings.speed, createScriptedHour());
  await inTemporaryDirectory(async (directory) => {
    const bundles = await bundleAll(directory, faultContestants);
    const clock = new ScaledClock(settings.speed, Date.now() + warmUpSeconds * 1000);
    const options = { ...settings, bundles, phases, clock };
    const [amongNeighbours, ...runs] = await Promise.all([
      runContestant('vend', { ...options, neighbours: Object.values(neighbours) }),
      ...faultContestants.map((name) => runContestant(name, options)),
    ]);
    const byName = Object.fromEntries(faultContestants.map((name, index) => [name, runs[index]?.figures]));
    const all = byName as Record<FaultContestant, ContestantFigures>;
    const figures = { ...all, amongNeighbours: amongNeighbours.figures, phases };
    const results: FaultsResults = await writeResults('faults', settings, figures);
    printSection(formatFaults(results), judgeFaults(results));
  });
}

function parseSettings(args: readonly string[]): { settings: Settings; warmUpSeconds: number } {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '150' },
      speed: { type: 'string', default: '24' },
      rate: { type: 'string', default: '24' },
      'warm-up': { type: 'string', default: '4' },
      'max-instances': { type: 'string', default: '3' },
    },
  });
  const [seconds, speed] = [Number(values.seconds), Number(values.speed)];
  // A twelfth of the script, for Prove's hour would see only one refresh. A token that lives for less has no time in which
  // to be refreshed.
  const tokenLifetimeSeconds = Math.max(120, Math.round((seconds * speed) / 12));
  const [rate, maxInstances] = [Number(values.rate), Number(values['max-instances'])];
  return {
    settings: { seconds, speed, rate, maxInstances, tokenLifetimeSeconds },
    warmUpSeconds: Number(values['warm-up']),
  };
}
