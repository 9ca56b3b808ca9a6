import { writeSync } from 'node:fs';
import type { MetricMetadata } from './metrics.ts';

/** The least important first. */
const levels = ['info', 'warn', 'error'] as const;

export type LogLevel = (typeof levels)[number];

/** @param name what Lambda calls the level, in `AWS_LAMBDA_LOG_LEVEL`; anything below or unknown is `info` */
export function parseLogLevel(name: string | undefined): LogLevel {
  const level = name?.toLowerCase();
  return level === 'fatal' ? 'error' : (levels.find((known) => known === level) ?? 'info');
}

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

/** `write` gets the line with its line feed. A record with a metric is written whatever its level: alarms wait for it. */
export function createLog(write: (line: string) => void, lowest: LogLevel = 'info'): Log {
  const written = levels.slice(levels.indexOf(lowest));
  return function log(record) {
    if (written.includes(record.level) || record._aws !== undefined) write(`${JSON.stringify(record)}\n`);
  };
}

/**
 * Writes to stdout, which Lambda sends to CloudWatch Logs, a line an event. Not by console.log, which would put a prefix
 * before the JSON, nor by process.stdout, which costs thrice as much and may hold the line back while an instance is
 * frozen.
 */
export function writeToStdout(line: string): void {
  try {
    writeSync(1, line);
  } catch {
    // A full pipe that does not block (EAGAIN): process.stdout waits for it.
    process.stdout.write(line);
  }
}
