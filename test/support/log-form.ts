/**
 * Whether a line is one whose `level` and `timestamp` Lambda takes over. It would call any other line INFO.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
 */
export function hasLambdasForm(line: string): boolean {
  if (!line.startsWith('{')) return false;
  const { level, timestamp } = JSON.parse(line) as Record<string, unknown>;
  return (
    typeof level === 'string' &&
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal'].includes(level.toLowerCase()) &&
    typeof timestamp === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(timestamp) &&
    !Number.isNaN(Date.parse(timestamp))
  );
}
