import { writeSync } from 'node:fs';
import type { MetricMetadata } from './metrics.ts';

export type LogLevel = 'info' | 'warn' | 'error';

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

/** `write` gets the line with its line feed. */
export function createLog(write: (line: string) => void): Log {
  return function log(record) {
    write(`${JSON.stringify(record)}\n`);
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
