import { type DayOptions, runDay } from './day.ts';
import { installClock, JumpingClock } from './jumping-clock.ts';

// Runs one day on its own clock and sends the counts to its parent.

const clock = new JumpingClock(Math.floor(Date.now() / 1000) * 1000);
installClock(clock, globalThis);
const options = JSON.parse(process.argv[2] ?? '') as DayOptions;
process.send?.(await runDay(options, clock), () => process.exit(0));
