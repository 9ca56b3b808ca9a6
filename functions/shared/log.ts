export type LogLevel = 'info' | 'warn' | 'error';

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Writes one line of JSON. Callers name each field they pass; nothing is taken over from an event, an answer or an
 * error as a whole, so that no secret and no token can come along.
 */
export type Log = (level: LogLevel, message: string, fields: LogFields) => void;

/** `write` gets the line with its line feed. Lambda sends what reaches stdout to CloudWatch Logs, a line an event. */
export function createLog(write: (line: string) => unknown): Log {
  return function log(level, message, fields) {
    write(`${JSON.stringify({ level, message, ...fields })}\n`);
  };
}
