import { type DayOptions, runDay } from './day.ts';
import { createJumpingClock, installClock } from './jumping-clock.ts';

// Runs one day, with time of its own, and sends what it has counted to its parent.

const clock = createJumpingClock(Math.floor(Date.now() / 1000) * 1000);
installClock(clock, globalThis);
const options = JSON.parse(process.argv[2] ?? '') as DayOptions;
process.send?.(await runDay(options, clock), () => process.exit(0));
