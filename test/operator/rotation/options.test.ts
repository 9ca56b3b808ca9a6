import { expect, test } from '@jest/globals';
import { parseRotateOptions } from '../../../operator/rotation/options.ts';

const needed = ['--env', 'prod', '--provider', 'prove'];

test('the defaults rotate, through the rotation function', () => {
  expect(parseRotateOptions(needed)).toEqual({
    environment: 'prod',
    provider: 'prove',
    directory: '.local',
    file: undefined,
    mode: 'rotate',
    isInProcess: false,
    timeoutSeconds: 120,
  });
});

test('every option is read', () => {
  const options = ['--rollback', '--in-process', '--file', '-', '--timeout', '7', '--dir', 'second'];
  expect(parseRotateOptions([...needed, ...options])).toMatchObject({
    mode: 'rollback',
    isInProcess: true,
    file: '-',
    directory: 'second',
    timeoutSeconds: 7,
  });
  expect(parseRotateOptions([...needed, '--dry-run'])?.mode).toBe('dry-run');
  expect(parseRotateOptions(['--help'])).toBeUndefined();
});

test.each([
  [['--env', 'prod']],
  [[...needed, '--dry-run', '--rollback']],
  [[...needed, '--timeout', 'canary']],
  [[...needed, '--client-secret', 'canary']],
  [[...needed, '--client-secret=canary']],
  [[...needed, 'canary']],
])('%j is refused, and not repeated', (args) => {
  let message = '';
  try {
    parseRotateOptions(args);
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).not.toBe('');
  expect(message).not.toContain('canary');
});
