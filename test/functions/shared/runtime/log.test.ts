import { expect, test } from '@jest/globals';
import { createLog } from '../../../../functions/shared/runtime/log.ts';
import { createMetricFields } from '../../../../functions/shared/runtime/metrics.ts';

test('leaves out lines below the level, but never a metric, which an alarm may need', () => {
  const lines: string[] = [];
  const log = createLog(
    (line) => lines.push(line),
    'warn',
    () => 0,
  );
  const metric = createMetricFields('the-function', () => 0);
  log({ level: 'info', message: 'left out' });
  log({ level: 'info', message: 'metric', ...metric({ RotationSucceeded: 1 }) });
  log({ level: 'warn', message: 'warning' });
  log({ level: 'error', message: 'error' });
  expect(lines.map((line) => JSON.parse(line).message)).toEqual(['metric', 'warning', 'error']);
});

test('gives every line a timestamp that Lambda reads: RFC 3339, by the wall clock even if it goes back', () => {
  const lines: string[] = [];
  let nowMs = Date.UTC(2026, 10, 21, 12, 0, 0, 7);
  const log = createLog(
    (line) => lines.push(line),
    'info',
    () => nowMs,
  );
  log({ level: 'info', message: 'first' });
  nowMs -= 60_000;
  log({ level: 'error', message: 'second' });
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { timestamp: '2026-11-21T12:00:00.007Z', level: 'info', message: 'first' },
    { timestamp: '2026-11-21T11:59:00.007Z', level: 'error', message: 'second' },
  ]);
});
