import { writeSync } from 'node:fs';

// A process says when it begins to load its function by one line of its output.
const pattern = /^bench: load starts at (\d+(?:\.\d+)?) ms$/;

/**
 * Milliseconds on the system's monotonic clock, which all processes of a machine share. It counts from an arbitrary point
 * and does not jump when the time of day is set.
 */
export function systemNowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export function sayLoadStart(): void {
  writeSync(1, `bench: load starts at ${systemNowMs()} ms\n`);
}

/** Undefined for any other line. */
export function parseLoadStart(line: string): number | undefined {
  const atMs = pattern.exec(line)?.[1];
  return atMs === undefined ? undefined : Number(atMs);
}
