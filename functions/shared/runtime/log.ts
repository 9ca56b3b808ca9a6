import { writeSync } from 'node:fs';
import type { MetricMetadata } from './metrics.ts';

/** The least important first. */
const levels = ['info', 'warn', 'error'] as const;

export type LogLevel = (typeof levels)[number];

export interface LogRecord {
  readonly level: LogLevel;
  readonly message: string;
  /** Makes CloudWatch take metrics from the line (`metrics.ts`). */
  readonly _aws?: MetricMetadata;
  readonly [field: string]: string | number | MetricMetadata | undefined;
}

/**
 * Writes a record as one line of JSON. Callers name each field they pass; nothing is taken over from an event, an answer
 * or an error as a whole, so that no secret and no token can come along.
 */
export type Log = (record: LogRecord) => void;

/**
 * Each line has `timestamp` and `level` in the form that Lambda reads; without them it would call every line INFO.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
 *
 * A record with a metric is written whatever its level, because alarms wait for it.
 *
 * @param write gets the line with its line feed
 * @param wallClock milliseconds since 1970, even where it jumps: lines are compared with those of other services
 */
export function createLog(write: (line: string) => void, lowest: LogLevel, wallClock: () => number): Log {
  const written = levels.slice(levels.indexOf(lowest));
  return function log(record) {
    if (!written.includes(record.level) && record._aws === undefined) return;
    write(`${JSON.stringify({ timestamp: new Date(wallClock()).toISOString(), ...record })}\n`);
  };
}

/**
 * Writes to stdout; Lambda sends each line to CloudWatch Logs. Not by console.log, which puts a prefix before the JSON, nor
 * by process.stdout, which costs three times as much and may hold the line back while an instance is frozen.
 */
export function writeToStdout(line: string): void {
  try {
    writeSync(1, line);
  } catch {
    // A full pipe that does not block (EAGAIN): process.stdout waits for it.
    process.stdout.write(line);
  }
}
