import { expect, test } from '@jest/globals';
import { createLog, parseLogLevel } from '../../../../functions/shared/runtime/log.ts';
import { createMetricFields } from '../../../../functions/shared/runtime/metrics.ts';

test.each([
  [undefined, 'info'],
  ['', 'info'],
  ['TRACE', 'info'],
  ['DEBUG', 'info'],
  ['INFO', 'info'],
  ['WARN', 'warn'],
  ['ERROR', 'error'],
  ['FATAL', 'error'],
])('Lambda’s log level %s means %s', (name, level) => {
  expect(parseLogLevel(name)).toBe(level);
});

test('leaves out what is below the level, but never a metric, for which an alarm may wait', () => {
  const lines: string[] = [];
  const log = createLog((line) => lines.push(line), 'warn');
  const metric = createMetricFields('the-function', () => 0);
  log({ level: 'info', message: 'left out' });
  log({ level: 'info', message: 'metric', ...metric('RotationSucceeded', 1) });
  log({ level: 'warn', message: 'warning' });
  log({ level: 'error', message: 'error' });
  expect(lines.map((line) => JSON.parse(line).message)).toEqual(['metric', 'warning', 'error']);
});
