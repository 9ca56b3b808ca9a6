import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { listenOnLoopback } from '../../local/loopback-server.ts';
import { describeAnswered } from '../../local/output.ts';
import { startProveServer } from '../../local/providers/prove-server.ts';
import { SecretStore } from '../../local/secrets-manager/secret-store.ts';
import { startSecretsManager } from '../../local/secrets-manager/secrets-manager.ts';
import type { StackDescription } from '../../local/stack.ts';
import { startTableServer } from '../../local/token-table/table-server.ts';
import { send, signByAws4fetch } from './gateway/signing.ts';
import { isRunning } from './lambda/function-folder.ts';
import { createStartFolder, type StartFolder, type StartProcess } from './start-process.ts';

const run = promisify(execFile);
const ready = /Get a token:\n\n {2}(curl .*)\n/;
const curlHelp = await run('curl', ['--help', 'all']).then(
  ({ stdout }) => stdout,
  () => '',
);
// The title says it: without such a curl the printed command cannot be run.
const testWithCurl = curlHelp.includes('--aws-sigv4') ? test : test.skip;

let folder: StartFolder;
beforeEach(async () => {
  folder = await createStartFolder();
});
afterEach(() => folder.close());

async function startReady(args: readonly string[] = [], environment = {}): Promise<[StartProcess, StackDescription]> {
  const started = folder.start(['--port', '0', ...args], environment);
  await started.untilOutput(ready);
  return [started, await readStackFile()];
}

async function readStackFile(): Promise<StackDescription> {
  return JSON.parse(await readFile(join(folder.path, '.local/stack.json'), 'utf8'));
}

async function vend({ origin, callers }: StackDescription, provider = 'prove'): Promise<Record<string, unknown>> {
  const { orders } = callers as { orders: StackDescription['callers'][string] };
  const draft = { method: 'POST', target: `/v1/tokens/${provider}` };
  const { status, body } = await send(origin, draft, await signByAws4fetch(origin, draft, orders));
  return { status, ...JSON.parse(body) };
}

/** Without the bundler's process, which ends by itself some time after the last bundle. */
async function childrenOf(parent: number | undefined): Promise<number[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,comm=']);
  const processes = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  return processes.flatMap(([pid, ppid, command]) =>
    Number(ppid) === parent && command !== 'esbuild' ? [Number(pid)] : [],
  );
}

test('it writes what runs where, for its owner only', async () => {
  const [{ child }, description] = await startReady();
  expect((await stat(join(folder.path, '.local/stack.json'))).mode & 0o777).toBe(0o600);
  const caller = (name: string, allow: readonly string[]) => ({
    accessKeyId: expect.any(String),
    secretAccessKey: expect.any(String),
    sessionToken: expect.any(String),
    arn: `arn:aws:sts::111122223333:assumed-role/${name}/local`,
    allow,
  });
  const loopback = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(description).toEqual({
    endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/v1$/),
    origin: description.endpoint.replace('/v1', ''),
    region: 'us-east-1',
    pid: child.pid,
    callers: {
      orders: caller('orders', ['POST/tokens/*', 'GET/health']),
      intruder: caller('intruder', []),
      prober: caller('prober', [
        'POST/tokens/prove',
        'POST/tokens/oidc',
        'POST/tokens/oidc-jwt',
        'POST/tokens/pipeshub',
        'GET/health',
      ]),
    },
    secretsManager: loopback,
    lambda: {
      endpoint: description.secretsManager,
      vendingFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:token-vending-local-vend',
    },
    providers: {
      prove: { tokenUrl: expect.any(String), secretId: 'token-vending/local/prove', dialect: 'prove' },
      oidc: expect.objectContaining({ secretId: 'token-vending/local/oidc' }),
      'oidc-jwt': expect.objectContaining({ secretId: 'token-vending/local/oidc-jwt' }),
      pipeshub: expect.objectContaining({ secretId: 'token-vending/local/pipeshub' }),
    },
  });
});

testWithCurl('the command that it prints gets a token (skipped where curl has no --aws-sigv4)', async () => {
  const started = folder.start(['--port', '0']);
  const [, command = ''] = await started.untilOutput(ready);
  const { stdout } = await run('sh', ['-c', command]);
  expect(JSON.parse(stdout)).toMatchObject({ access_token: expect.any(String), token_type: 'Bearer' });
});

test('it writes one line per request, and never a token or a secret', async () => {
  const [started, description] = await startReady();
  const first = await vend(description);
  await started.untilOutput(/200 POST \/v1\/tokens\/prove orders exchange \d+\.\d ms\n/);
  expect(await vend(description)).toMatchObject({ access_token: first['access_token'] });
  await started.untilOutput(/200 POST \/v1\/tokens\/prove orders memory \d+\.\d ms\n/);
  await fetch(`${description.endpoint}/health`);
  await started.untilOutput(/403 GET \/v1\/health - - \d+\.\d ms\n/);
  const log = await readFile(join(folder.path, '.local/vend.log'), 'utf8');
  expect(
    log
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { message: 'credentials-read', secretId: 'token-vending/local/prove' },
    { message: 'exchange', outcome: 'token', provider: 'prove' },
    { source: 'exchange', provider: 'prove' },
    { source: 'memory', provider: 'prove' },
  ]);
  expect((await stat(join(folder.path, '.local/vend.log'))).mode & 0o777).toBe(0o600);
  for (const text of [started.output(), log]) expect(text).not.toContain(first['access_token']);
});

describe('when it is told to stop', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('by %s, even twice, it ends everything that it started', async (signal) => {
    const [started, description] = await startReady();
    await vend(description);
    const children = await childrenOf(started.child.pid);
    expect(children).toHaveLength(1);
    started.child.kill(signal);
    started.child.kill(signal);
    expect(await started.ended).toBe(0);
    expect(children.filter(isRunning)).toEqual([]);
    expect(await readdir(join(folder.path, '.local'))).not.toContain('stack.json');
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)('by %s, the token table ends too', async (signal) => {
    const [started, description] = await startReady(['--token-store', 'dynamodb']);
    const children = await childrenOf(started.child.pid);
    // The table alone: no instance has been needed yet.
    expect(children).toHaveLength(1);
    started.child.kill(signal);
    await started.ended;
    while (children.some(isRunning)) await setTimeout(10);
    await expect(fetch(description.tokenStore?.endpoint ?? '')).rejects.toThrow();
  });

  test('it leaves the file of a stack that was started after it', async () => {
    const [first] = await startReady();
    await rm(join(folder.path, '.local/stack.json'));
    const [second] = await startReady();
    first.child.kill('SIGINT');
    expect(await first.ended).toBe(0);
    expect(await readStackFile()).toMatchObject({ pid: second.child.pid });
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('by %s to npm alone, it ends too', async (signal) => {
    const npm = spawn('npm', ['start', '--', '--port', '0', '--dir', join(folder.path, 'by npm')], {
      cwd: join(import.meta.dirname, '../..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    npm.stdout.on('data', (chunk) => {
      output += chunk;
      if (ready.test(output)) npm.kill(signal);
    });
    // The pipe closes when the last process that holds it has ended.
    await once(npm.stdout, 'close');
    expect(await readdir(join(folder.path, 'by npm'))).not.toContain('stack.json');
  });
});

describe('in a folder where a stack is running', () => {
  test('it refuses to start, and changes nothing', async () => {
    const [first, description] = await startReady();
    const second = folder.start(['--port', '0']);
    expect(await second.ended).toBe(1);
    expect(second.output()).toBe(
      `A local stack is already running in .local (${description.endpoint}, process ${first.child.pid}). ` +
        'Stop it, or give this one its own folder with: npm start -- --port N --dir DIR\n',
    );
    expect(await readStackFile()).toEqual(description);
    expect(await vend(description)).toMatchObject({ status: 200 });
  });

  test('if two start at once, one wins', async () => {
    const both = [folder.start(['--port', '0']), folder.start(['--port', '0'])];
    const loser = await Promise.race(both.map(async (started) => [started, await started.ended] as const));
    expect(loser).toEqual([expect.anything(), 1]);
    expect(loser[0].output()).toContain('A local stack is already running in .local');
    const winner = both.find((started) => started !== loser[0]);
    await winner?.untilOutput(ready);
    expect(await readStackFile()).toMatchObject({ pid: winner?.child.pid });
  });

  test('--dir gives it its own folder', async () => {
    const [, first] = await startReady();
    const second = folder.start(['--port', '0', '--dir', 'second']);
    await second.untilOutput(ready);
    expect(second.output()).toContain('second/stack.json');
    expect(JSON.parse(await readFile(join(folder.path, 'second/stack.json'), 'utf8'))).toMatchObject({
      pid: second.child.pid,
    });
    expect(await readStackFile()).toEqual(first);
  });

  test('it starts if the other one was killed', async () => {
    const [first] = await startReady();
    first.child.kill('SIGKILL');
    await first.ended;
    const [second, description] = await startReady();
    expect(description.pid).toBe(second.child.pid);
  });
});

describe('it says what is wrong in one message and exits with 1:', () => {
  async function outputOfFailure(args: readonly string[], environment = {}): Promise<string> {
    const started = folder.start(args, environment);
    expect(await started.ended).toBe(1);
    expect(started.output()).not.toContain('    at ');
    return started.output();
  }

  test('a port in use, without touching the stack that runs there', async () => {
    const [, description] = await startReady();
    await vend(description);
    const log = await readFile(join(folder.path, '.local/vend.log'), 'utf8');
    const { port } = new URL(description.endpoint);
    expect(await outputOfFailure(['--port', port])).toBe(
      `Port ${port} is in use. Choose another with: npm start -- --port N (0: any free one)\n`,
    );
    expect(await readStackFile()).toEqual(description);
    expect(await readFile(join(folder.path, '.local/vend.log'), 'utf8')).toBe(log);
    expect(await vend(description)).toMatchObject({ status: 200 });
  });

  test.each([
    [['--prot', '1'], "Unknown option '--prot'"],
    [['--max-instances', 'many'], '--max-instances must be a whole number from 1 to 1000, not "many"'],
    [['--throttle', '0'], '--throttle must be a whole number from 1 to 10000, not "0"'],
    [['--dir', '/dev/null/x'], '--dir: /dev/null/x cannot be used (ENOTDIR)'],
    [['--providers', 'missing.json'], '--providers: missing.json cannot be read (ENOENT)'],
  ])('the options %j', async (args, message) => {
    expect(await outputOfFailure(args)).toContain(message);
  });

  test('a providers file with mistakes, none of which repeats a secret', async () => {
    const file = join(folder.path, 'providers.json');
    await writeFile(file, '{"a": {"tokenUrl": "http://example.com", "client_secret": "canary"}, "B": {}}');
    const output = await outputOfFailure(['--providers', file]);
    for (const mistake of ['providers.a.tokenUrl', 'providers.a.client_secret', 'providers.B', 'B.tokenUrl']) {
      expect(output).toContain(mistake);
    }
    expect(output).not.toContain('canary');
    await writeFile(file, '{"client_secret": "canary"');
    expect(await outputOfFailure(['--providers', file])).toBe(
      'The configuration has 1 mistake(s):\n  - providers: the file is not JSON\n',
    );
  });

  test('a secret that cannot be stored', async () => {
    const file = join(folder.path, 'providers.json');
    const provider = {
      tokenUrl: 'http://127.0.0.1:9/token',
      secretId: 'has space',
      secret: { client_secret: 'canary' },
    };
    await writeFile(file, JSON.stringify({ mine: provider }));
    const output = await outputOfFailure(['--port', '0', '--providers', file]);
    expect(output).toContain('The secret of the provider mine cannot be stored');
    expect(output).not.toContain('canary');
  });

  test('a Secrets Manager that is not running', async () => {
    const gone = await listenOnLoopback(async () => {});
    await gone.close();
    const output = await outputOfFailure(['--port', '0'], { AWS_ENDPOINT_URL_SECRETS_MANAGER: gone.url });
    expect(output).toContain(`cannot be stored in Secrets Manager at ${gone.url}`);
  });
});

test('--help says how to use it', async () => {
  const started = folder.start(['--help']);
  expect(await started.ended).toBe(0);
  expect(started.output()).toContain('--max-instances N');
});

test('AWS_ENDPOINT_URL_SECRETS_MANAGER is used instead of the local Secrets Manager', async () => {
  const store = new SecretStore(Date.now);
  store.CreateSecret({ Name: 'token-vending/local/prove', SecretString: 'from before' });
  const own = await startSecretsManager(store);
  try {
    const [, description] = await startReady([], { AWS_ENDPOINT_URL_SECRETS_MANAGER: own.url });
    expect(description.secretsManager).toBe(own.url);
    expect(await vend(description)).toMatchObject({ status: 200 });
    expect(store.GetSecretValue({ SecretId: 'token-vending/local/prove' })).not.toMatchObject({
      SecretString: 'from before',
    });
  } finally {
    await own.close();
  }
});

test('--token-store dynamodb says where the table is', async () => {
  const [started, description] = await startReady(['--token-store', 'dynamodb']);
  expect(description.tokenStore).toEqual({
    endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    table: 'token-vending-local',
  });
  expect(started.output()).toContain(`token store              ${description.tokenStore?.endpoint}`);
});

test('the line of a vend whose token another instance has obtained says `shared`', () => {
  const vend = { method: 'POST', path: '/v1/tokens/prove', status: 200, caller: 'orders', source: 'shared' };
  expect(describeAnswered({ ...vend, milliseconds: 12.34, failure: undefined })).toBe(
    '200 POST /v1/tokens/prove orders shared 12.3 ms\n',
  );
});

describe('AWS_ENDPOINT_URL_DYNAMODB', () => {
  test('is used instead of the embedded table, which is made there', async () => {
    const server = await startTableServer();
    try {
      const environment = { AWS_ENDPOINT_URL_DYNAMODB: server.url };
      const [started, description] = await startReady(['--token-store', 'dynamodb'], environment);
      expect(description.tokenStore).toEqual({ endpoint: server.url, table: 'token-vending-local' });
      expect(await childrenOf(started.child.pid)).toEqual([]);
      expect(await vend(description)).toMatchObject({ status: 200 });
      // It is there; what a new instance writes in time depends on the machine.
      expect(await scanTable(description)).toEqual(expect.any(Array));
    } finally {
      await server.close();
    }
  });

  test('without --token-store dynamodb changes nothing', async () => {
    const [, description] = await startReady([], { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' });
    expect(description).not.toHaveProperty('tokenStore');
    expect(await vend(description)).toMatchObject({ status: 200 });
  });

  test('that cannot be reached is a warning, and vends go on', async () => {
    const gone = await listenOnLoopback(async () => {});
    await gone.close();
    const environment = { AWS_ENDPOINT_URL_DYNAMODB: gone.url };
    const [started, description] = await startReady(['--token-store', 'dynamodb'], environment);
    expect(started.output()).toMatch(new RegExp(`The token store at ${gone.url} cannot be used \\(.*ECONNREFUSED`));
    expect(await vend(description)).toMatchObject({ status: 200 });
    const log = await readFile(join(folder.path, '.local/vend.log'), 'utf8');
    expect(log).toContain('"message":"token-store-failed"');
  });
});

async function scanTable({ tokenStore, region }: StackDescription): Promise<readonly unknown[]> {
  const { endpoint = '', table: TableName } = tokenStore ?? {};
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const client = new DynamoDBClient({ endpoint, region, credentials });
  try {
    return (await client.send(new ScanCommand({ TableName }))).Items ?? [];
  } finally {
    client.destroy();
  }
}

test('--providers replaces the built-in providers, end to end', async () => {
  const prove = await startProveServer({ clientId: 'mine', clientSecret: 'canary-client-secret' });
  try {
    const secret = { clientId: 'mine', clientSecret: 'canary-client-secret' };
    const file = join(folder.path, 'my providers.json');
    await writeFile(file, JSON.stringify({ mine: { tokenUrl: prove.tokenUrl, dialect: 'prove', secret } }));
    const [started, description] = await startReady(['--providers', file]);
    expect(description.providers).toEqual({
      mine: { tokenUrl: prove.tokenUrl, dialect: 'prove', secretId: 'token-vending/local/mine' },
    });
    expect(await vend(description, 'mine')).toMatchObject({ status: 200, token_type: 'Bearer' });
    expect(await vend(description, 'prove')).toMatchObject({ status: 404, error: 'unknown_provider' });
    expect(prove.issued).toBe(1);
    expect(started.output()).not.toContain('canary-client-secret');
  } finally {
    await prove.close();
  }
});
