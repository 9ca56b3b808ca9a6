import { expect, test } from '@jest/globals';
import { OperatorError } from '../../../operator/operator-error.ts';
import { exitCodes, parseProbeOptions, usage } from '../../../operator/probe/options.ts';

const local = ['--env', 'local'];

test('only the environment is needed', () => {
  expect(parseProbeOptions(local)).toEqual({
    environment: 'local',
    endpoint: undefined,
    isDeployed: false,
    timeoutMs: 10_000,
    isJson: false,
    directory: '.local',
  });
});

test('an endpoint may end with a slash', () => {
  const { endpoint } = parseProbeOptions([...local, '--endpoint', 'https://tokens.example.com/v1/']) ?? {};
  expect(endpoint).toBe('https://tokens.example.com/v1');
});

test.each([
  ['no environment', [], '--env is needed.'],
  ['an unknown option', [...local, '--fast'], "Unknown option '--fast'"],
  ['a timeout that is no number', [...local, '--timeout', 'x'], '--timeout must be a number of seconds.'],
  ['a timeout of nothing', [...local, '--timeout', '0'], '--timeout must be a number of seconds.'],
  [
    'an endpoint that is not https',
    [...local, '--endpoint', 'http://example.com/v1'],
    '--endpoint must be an https: URL',
  ],
  ['a prober that is not deployed', [...local, '--deployed'], 'The local stack has no deployed prober.'],
  [
    'an endpoint for the prober',
    ['--env', 'dev', '--deployed', '--endpoint', 'https://a.example'],
    'leave out --endpoint',
  ],
  ['a timeout for the prober', ['--env', 'dev', '--deployed', '--timeout', '5'], 'leave out --endpoint and --timeout'],
])('%s is refused', (_, args, message) => {
  expect(() => parseProbeOptions(args)).toThrow(OperatorError);
  expect(() => parseProbeOptions(args)).toThrow(message);
});

test('the help, which is asked for first, has each exit code', () => {
  expect(parseProbeOptions(['--help', '--env', 'x'])).toBeUndefined();
  for (const code of Object.values(exitCodes)) expect(usage).toMatch(new RegExp(`^  ${code}  `, 'm'));
});
