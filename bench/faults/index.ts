import { parseArgs } from 'node:util';
import { contestants } from '../contestants/contestants.ts';
import { writeResults } from '../results.ts';
import { printTable } from '../table.ts';
import { inTemporaryDirectory } from '../temporary-directory.ts';
import { bundleFaultContestants, faultContestants as names } from './fault-contestants.ts';
import { asJson, figureRows, missedGoals, refusalRows } from './report.ts';
import { type ContestantResult, type RunOptions, runContestant } from './run-contestant.ts';
import { createScriptedHour, scaleTo } from './script.ts';

/**
 * A scripted hour of faults at the provider and at Secrets Manager, for this service and for two things that one might
 * use instead, at the same time: each behind a gateway, on processes and with backends of its own, all with the same
 * script and the same traffic. Bad figures are printed and do not fail the run.
 *
 * - `--seconds`: how long it takes. The hour takes 150 s; less is a shorter script, not a faster one.
 * - `--speed`: how much faster than the wall clock the contestants' clocks run.
 * - `--rate`: vends a second of the wall clock, for each contestant.
 * - `--warm-up`: seconds in which all instances have to have started.
 */
export async function runFaults(args: readonly string[]): Promise<void> {
  await inTemporaryDirectory(async (directory) => {
    const options = await prepare(args, directory);
    const results = await Promise.all(names.map((name) => runContestant(name, options)));
    print(options, results);
    await write(options, results);
  });
}

async function prepare(args: readonly string[], directory: string): Promise<RunOptions> {
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
  const bundles = await bundleFaultContestants(directory);
  const [seconds, speed] = [Number(values.seconds), Number(values.speed)];
  return {
    bundles,
    phases: scaleTo(seconds * speed, createScriptedHour()),
    clock: { originMs: Date.now() + Number(values['warm-up']) * 1000, speed },
    seconds,
    rate: Number(values.rate),
    maxInstances: Number(values['max-instances']),
    // A twelfth of the script: Prove's hour would see one renewal. A token that lives less has no time to be renewed in.
    tokenLifetimeSeconds: Math.max(120, Math.round((seconds * speed) / 12)),
  };
}

function print({ clock, seconds, tokenLifetimeSeconds }: RunOptions, results: readonly ContestantResult[]): void {
  const titles = names.map((name) => contestants[name]);
  const script = `${Math.round((seconds * clock.speed) / 60)} min in ${seconds} s, tokens of ${tokenLifetimeSeconds} s`;
  printTable([`faults: ${script}`, ...titles], figureRows(results));
  printTable(['refused, by status and error', ...titles], refusalRows(results, 'reason'));
  printTable(['refused, by what was wrong when it was asked', ...titles], refusalRows(results, 'phase'));
  const own = results[names.indexOf('vend')];
  const missed = own === undefined ? [] : missedGoals(own);
  const lines = missed.length === 0 ? ['Goals met.'] : missed.map((sentence) => `GOAL MISSED: ${sentence}.`);
  process.stdout.write(`\n${lines.join('\n')}\n`);
}

async function write(options: RunOptions, results: readonly ContestantResult[]): Promise<void> {
  const { clock, seconds, rate, maxInstances, tokenLifetimeSeconds, phases } = options;
  const byName = Object.fromEntries(names.map((name, index) => [name, asJson(results[index] as ContestantResult)]));
  const settings = { seconds, speed: clock.speed, rate, maxInstances, tokenLifetimeSeconds };
  await writeResults('faults', settings, { ...byName, phases });
}
