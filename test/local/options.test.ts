import { expect, test } from '@jest/globals';
import { parseStartOptions, UsageError } from '../../local/options.ts';

test('options that are not given have defaults', () => {
  expect(parseStartOptions([])).toEqual({
    port: 8787,
    api: 'rest',
    maxInstances: 4,
    requestsPerSecond: undefined,
    callerLimit: undefined,
    hasWebAcl: false,
    providersFile: undefined,
    tokenStore: 'memory',
    directory: '.local',
  });
});

test('every option is read', () => {
  const args = [
    '--port',
    '0',
    '--api',
    'rest',
    '--caller-limit',
    '2',
    '--web-acl',
    '--max-instances=1',
    '--throttle',
    '5',
    '--providers',
    'my providers.json',
    '--token-store',
    'dynamodb',
    '--dir',
    'mine',
  ];
  expect(parseStartOptions(args)).toEqual({
    port: 0,
    api: 'rest',
    maxInstances: 1,
    requestsPerSecond: 5,
    callerLimit: 2,
    hasWebAcl: true,
    providersFile: 'my providers.json',
    tokenStore: 'dynamodb',
    directory: 'mine',
  });
});

test.each(['--help', '-h'])('%s asks for help', (option) => {
  expect(parseStartOptions(['--port', '1', option])).toBeUndefined();
});

test.each([
  [['--web-acl'], '--web-acl needs --caller-limit'],
  [['--web-acl', '--caller-limit', '1', '--api', 'http'], '--web-acl needs --api rest: an HTTP API has no web ACL'],
  [['--api', 'soap'], '--api must be rest or http, not "soap"'],
  [['--port', 'x'], '--port must be a whole number from 0 to 65535, not "x"'],
  [['--port', '65536'], '--port must be a whole number from 0 to 65535, not "65536"'],
  [['--port='], '--port must be a whole number from 0 to 65535, not ""'],
  [['--port', '1e3'], 'not "1e3"'],
  [['--port=-1'], 'not "-1"'],
  [['--max-instances', '0'], '--max-instances must be a whole number from 1 to 1000, not "0"'],
  [['--max-instances', '1.5'], 'not "1.5"'],
  [['--token-store', 'redis'], '--token-store must be memory or dynamodb, not "redis"'],
  [['--port'], '--port'],
  [['--prot', '1'], '--prot'],
  [['8080'], '8080'],
])('%j is refused by name', (args, message) => {
  expect(() => parseStartOptions(args)).toThrow(UsageError);
  expect(() => parseStartOptions(args)).toThrow(message);
});
