import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { LoopbackServer } from '../../local/loopback-server.ts';
import { SecretStore } from '../../local/secrets-manager/secret-store.ts';
import { startSecretsManager } from '../../local/secrets-manager/secrets-manager.ts';
import { answerJson, type Script, type ScriptedProvider, startScriptedProvider } from '../support/scripted-provider.ts';
import {
  answer,
  type GatewayFault,
  letEveryoneThrough,
  letUnsignedThrough,
  neverAnswer,
  startFaultyGateway,
} from './probe/faulty-gateway.ts';
import { type Probed, type ProbedStack, startProbedStack } from './probe/probed-stack.ts';

// The command as an operator runs it, against the local stack, with each fault once.

const canaryToken = (fields: object): Script => answerJson(200, { access_token: 'canary-token', ...fields });
const bearer = { token_type: 'Bearer', expires_in: 3600 };

/** Provider → what it answers. Each holds no token at first. */
const scripts: Readonly<Record<string, Script>> = {
  healthy: canaryToken(bearer),
  down: answerJson(500, {}),
  garbage: answerJson(200, '<html>canary</html>'),
  lifeless: canaryToken({ token_type: 'Bearer' }),
  // Less than 10 s left: the service cannot keep it, so that every vend costs an exchange.
  'short-lived': canaryToken({ ...bearer, expires_in: 9 }),
};

let providers: Readonly<Record<string, ScriptedProvider>>;
let stack: ProbedStack;
beforeAll(async () => {
  const entries = Object.entries(scripts).map(async ([name, script]) => {
    const provider = await startScriptedProvider();
    provider.answerWith(script);
    return [name, provider] as const;
  });
  providers = Object.fromEntries(await Promise.all(entries));
  stack = await startProbedStack(
    Object.fromEntries(Object.entries(providers).map(([name, { tokenUrl }]) => [name, { tokenUrl }])),
  );
});
afterAll(async () => {
  await stack.close();
  await Promise.all(Object.values(providers).map(({ close }) => close()));
});

/** Only the provider that works, so that nothing else fails. */
function onlyHealthy(): Pick<ProbedStack['description'], 'providers'> {
  const { healthy } = stack.description.providers as Record<'healthy', ProbedStack['description']['providers'][string]>;
  return { providers: { healthy } };
}

const allProbes = [
  'health',
  'vend healthy',
  'unsigned vend',
  'unsigned health',
  'wrong key',
  'foreign provider',
  'foreign method',
  'foreign path',
  'secret of healthy',
  'vending function',
];

test('where everything is as it should be, every probe passes', async () => {
  const { exitCode, output } = await stack.run([], onlyHealthy());
  expect(output.split('\n').map((line) => line.replace(/ \(\d+ ms\)$/, ''))).toEqual([
    ...allProbes.map((name) => expect.stringMatching(new RegExp(`^ok {11}${name} `))),
    '10 ok, 0 failed, 0 not refused, 0 skipped',
    '',
  ]);
  expect(output).toMatch(/vend healthy +exchange, 3599 s left; then memory/);
  expect(output).toMatch(/unsigned vend +403 invalid_client/);
  expect(output).toMatch(/foreign provider +403 unauthorized_client/);
  expect(exitCode).toBe(0);
});

describe('a faulty provider fails its own probe, and no other:', () => {
  let probed: Probed;
  beforeAll(async () => {
    probed = await stack.probe();
  });

  test.each([
    ['one that is down', 'vend down', '503 temporarily_unavailable'],
    ['one that answers garbage', 'vend garbage', '502 provider_error'],
    [
      'one that gives no lifetime',
      'vend lifeless',
      '200, but expires_in is missing (if the provider never says it, set defaultLifetimeSeconds)',
    ],
    [
      'one whose tokens cannot be kept',
      'vend short-lived',
      'not kept: none of 9 answers in a row came from memory or the store',
    ],
  ])('%s', (_, probe, detail) => {
    expect(probed.detailOf(probe)).toBe(detail);
  });

  test('and the exit code says so', () => {
    expect(probed.named('failed')).toEqual(['vend down', 'vend garbage', 'vend lifeless', 'vend short-lived']);
    expect([probed.named('not-refused'), probed.exitCode]).toEqual([[], 1]);
  });
});

describe('a faulty gateway:', () => {
  async function probeThrough(fault: GatewayFault, args: readonly string[] = []): Promise<Probed> {
    const { origin, callers } = stack.description;
    const keys = callers['orders'];
    if (keys === undefined) throw new Error('The stack has no caller orders');
    const gateway = await startFaultyGateway(origin, fault, keys);
    try {
      return await stack.probe(args, { ...onlyHealthy(), endpoint: gateway.endpoint });
    } finally {
      await gateway.close();
    }
  }

  test('one that passes everything on changes nothing', async () => {
    const probed = await probeThrough(() => undefined);
    expect([probed.named('passed'), probed.exitCode]).toEqual([allProbes, 0]);
  });

  test('one that lets unsigned requests through', async () => {
    const probed = await probeThrough(letUnsignedThrough);
    expect([probed.named('not-refused'), probed.named('failed')]).toEqual([['unsigned vend', 'unsigned health'], []]);
    expect([probed.detailOf('unsigned vend'), probed.exitCode]).toEqual(['let through: 200', 3]);
  });

  test('one that lets everyone do everything', async () => {
    const probed = await probeThrough(letEveryoneThrough);
    expect([probed.named('not-refused'), probed.exitCode]).toEqual([
      ['unsigned vend', 'unsigned health', 'wrong key', 'foreign provider'],
      3,
    ]);
    expect(probed.detailOf('foreign provider')).toBe('let through to the function: 404 unknown_provider');
  });

  const throughIt = allProbes.slice(0, 8);

  test('one that is too slow: nothing was heard, so no refusal is missing', async () => {
    const probed = await probeThrough(neverAnswer, ['--timeout', '0.5']);
    expect([probed.named('failed'), probed.named('not-refused'), probed.exitCode]).toEqual([throughIt, [], 1]);
    expect(probed.detailOf('unsigned vend')).toBe('no answer within 500 ms');
  });

  test.each([
    ['is broken', answer(502), 'neither refused nor let through: 502 without an error code'],
    [
      'redirects',
      answer(302, { location: 'http://127.0.0.1:1/' }),
      'neither refused nor let through: 302 without an error code',
    ],
  ])('one that %s', async (_, fault, detail) => {
    const probed = await probeThrough(fault);
    expect([probed.named('failed'), probed.named('not-refused'), probed.exitCode]).toEqual([throughIt, [], 1]);
    expect(probed.detailOf('unsigned vend')).toBe(detail);
  });

  test('none at all', async () => {
    const { origin } = stack.description;
    const probed = await stack.probe([], { ...onlyHealthy(), endpoint: origin.replace(/\d+$/, '1') });
    expect([probed.named('failed'), probed.named('not-refused'), probed.exitCode]).toEqual([throughIt, [], 1]);
  });
});

describe('what nobody may reach directly:', () => {
  const SecretId = 'token-vending/local/healthy';
  const { arn, invoke } = {
    arn: 'arn:aws:lambda:us-east-1:111122223333:function:token-vending-local-vend',
    invoke: async () => ({ canary: 'canary-token' }),
  };
  let open: LoopbackServer;
  beforeAll(async () => {
    // It knows no callers, and its one function is the vending function.
    const store = new SecretStore(Date.now, { arn, invoke });
    store.CreateSecret({ Name: SecretId, SecretString: '{"client_id":"me","client_secret":"canary-secret"}' });
    open = await startSecretsManager(store);
  });
  afterAll(async () => {
    await open.close();
  });

  test('a secret that can be read', async () => {
    const probed = await stack.probe([], { ...onlyHealthy(), secretsManager: open.url });
    expect([probed.named('not-refused'), probed.named('failed')]).toEqual([['secret of healthy'], []]);
    expect([probed.detailOf('secret of healthy'), probed.exitCode]).toEqual([
      'let through by IAM: ResourceNotFoundException',
      3,
    ]);
  });

  test('a vending function that can be invoked', async () => {
    const lambda = { endpoint: open.url, vendingFunctionArn: arn };
    const probed = await stack.probe([], { ...onlyHealthy(), lambda });
    expect([probed.named('not-refused'), probed.named('failed')]).toEqual([['vending function'], []]);
    expect([probed.detailOf('vending function'), probed.exitCode]).toEqual(['let through', 3]);
  });

  test('one that cannot be asked is a failed probe, not a missing refusal', async () => {
    const nowhere = 'http://127.0.0.1:1';
    const lambda = { endpoint: nowhere, vendingFunctionArn: arn };
    const probed = await stack.probe([], { ...onlyHealthy(), secretsManager: nowhere, lambda });
    expect([probed.named('failed'), probed.named('not-refused'), probed.exitCode]).toEqual([
      ['secret of healthy', 'vending function'],
      [],
      1,
    ]);
    expect(probed.detailOf('secret of healthy')).toBe('could not be asked (ECONNREFUSED)');
  });

  test('with another Secrets Manager, which knows no callers, it is skipped and not called passed', async () => {
    const { output, exitCode } = await stack.run([], { ...onlyHealthy(), lambda: undefined } as never);
    expect(output).toMatch(/^skipped {6}secret of healthy +the stack uses another Secrets Manager/m);
    expect(output).toMatch(/^skipped {6}vending function /m);
    expect([output.split('\n').at(-2), exitCode]).toEqual(['8 ok, 0 failed, 0 not refused, 2 skipped', 0]);
  });
});

test('a gateway that throttles is waited for', async () => {
  const throttled = await startProbedStack({ healthy: { tokenUrl: providers['healthy']?.tokenUrl ?? '' } }, 2);
  try {
    const probed = await throttled.probe();
    expect([probed.named('passed'), probed.exitCode]).toEqual([allProbes, 0]);
  } finally {
    await throttled.close();
  }
});

test('a command that cannot start says why, and exits 2', async () => {
  const { exitCode, output } = await stack.run(['--env', 'other']);
  expect([exitCode, output]).toEqual([2, expect.stringContaining('there are local, dev, staging, prod.')]);
});
