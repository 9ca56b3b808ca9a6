import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fingerprintOf } from '../../functions/shared/exchange/access-token.ts';
import { FunctionLog } from '../../local/output.ts';
import type { StackDescription } from '../../local/stack.ts';
import { createStartFolder, type StartFolder } from '../local/start-process.ts';
import { sendSignedBySmithy } from '../support/signed-request.ts';
import { type Ran, runOperator } from './run-command.ts';

// A token leaks from the local stack: the operator traces it and revokes it.

let folder: StartFolder;
let stack: StackDescription;
beforeAll(async () => {
  folder = await createStartFolder();
  await folder.start(['--port', '0']).untilOutput(/Get a token/);
  stack = JSON.parse(await readFile(join(folder.path, '.local/stack.json'), 'utf8'));
});
afterAll(() => folder.close());

async function vend(provider: string): Promise<string> {
  const url = `${stack.endpoint}/tokens/${provider}`;
  const response = await sendSignedBySmithy({ method: 'POST', url }, stack.callers['orders'] as never, stack.region);
  return ((await response.json()) as { access_token: string }).access_token;
}

async function run(command: 'trace' | 'revoke', args: readonly string[], token?: string): Promise<Ran> {
  const ran = await runOperator(command, ['--env', 'local', ...args], token, { cwd: folder.path });
  if (token !== undefined) expect(ran.output).not.toContain(token.trim());
  return ran;
}

const revoke = (provider: string, token: string) => run('revoke', ['--provider', provider], token);

/** What the provider's introspection says, asked with the client's own credentials. */
async function isActive(provider: string, token: string): Promise<unknown> {
  const { introspectionUrl = '', secretId, clientAuth } = stack.providers[provider] ?? { secretId: '' };
  const response = await fetch(stack.secretsManager, {
    method: 'POST',
    headers: { authorization: 'AWS4-HMAC-SHA256 any', 'x-amz-target': 'secretsmanager.GetSecretValue' },
    body: JSON.stringify({ SecretId: secretId }),
  });
  const { client_id, client_secret } = JSON.parse(((await response.json()) as { SecretString: string }).SecretString);
  const pair = [client_id, client_secret].map(encodeURIComponent).join(':');
  const isBasic = provider === 'oidc' && clientAuth === 'client_secret_basic';
  const introspected = await fetch(introspectionUrl, {
    method: 'POST',
    headers: isBasic ? { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } : {},
    body: new URLSearchParams({ token, ...(!isBasic && { client_id, client_secret }) }),
  });
  return ((await introspected.json()) as { active: unknown }).active;
}

describe('revoke', () => {
  test.each(['pipeshub', 'oidc'])(
    'ends a live token of %s, which is replaced, and says that it is confirmed',
    async (name) => {
      const token = await vend(name);
      expect(await isActive(name, token)).toBe(true);
      expect(await revoke(name, `${token}\n`)).toEqual({
        code: 0,
        output: `Token ${fingerprintOf(token)} (SHA-256)
Revoked, and confirmed: ${name} called the token active before, and inactive now.
Replaced: the instance that answered, or with a token store the fleet, has another token. Any other that holds it replaces it when a caller reports it, as the clients do at a 401.
`,
      });
      expect(await isActive(name, token)).toBe(false);
      expect(await vend(name)).not.toBe(token);
      const again = await revoke(name, token);
      expect(again).toMatchObject({ code: 1, output: expect.stringContaining('Not confirmed') });
      expect(await readFile(join(folder.path, '.local/rotate.log'), 'utf8')).not.toContain(token);
    },
  );

  test.each(['prove', 'oidc-jwt'])('says that a token of %s cannot be revoked, and what to do', async (name) => {
    const { code, output } = await revoke(name, JSON.stringify({ access_token: await vend(name) }));
    expect(code).toBe(4);
    for (const text of ['cannot be revoked', 'npm run trace', 'npm run rotate', 'Treat the token as valid']) {
      expect(output).toContain(text);
    }
  });

  test('works from here where no rotation function can be asked, and replaces a token soon after another', async () => {
    const token = await vend('pipeshub');
    const { code, output } = await run('revoke', ['--provider', 'pipeshub', '--in-process'], token);
    expect([code, output]).toEqual([0, expect.stringMatching(/^Revoked, and confirmed.*\nReplaced: /m)]);
    expect(await vend('pipeshub')).not.toBe(token);
  });

  test('revokes even where the vending API cannot be asked', async () => {
    const token = await vend('pipeshub');
    const args = ['--provider', 'pipeshub', '--endpoint', 'http://127.0.0.1:9/v1'];
    const { code, output } = await run('revoke', args, token);
    expect([code, output]).toEqual([0, expect.stringContaining('Not replaced in the fleet: ')]);
    expect(await isActive('pipeshub', token)).toBe(false);
  });

  test.each<[string, readonly string[], string]>([
    ['an unknown provider', ['--provider', 'other'], 'it has prove, oidc, oidc-jwt, pipeshub.'],
    ['no provider', [], '--env and --provider are needed.'],
    ['a token on the command line', ['--provider', 'oidc', 'canary'], 'an argument without an option'],
  ])('ends with 1 for %s', async (_case, args, message) => {
    const { code, output } = await run('revoke', args, 'some-token');
    expect([code, output]).toEqual([1, expect.stringContaining(message)]);
    expect(output).not.toContain('canary');
  });
});

describe('trace', () => {
  test('tells who got the token', async () => {
    const token = await vend('prove');
    // The line may come after the answer.
    let ran: Ran = { code: 3, output: '' };
    for (let tries = 0; ran.code === 3 && tries < 20; tries += 1) {
      if (tries > 0) await setTimeout(100);
      ran = await run('trace', [], token);
    }
    expect(ran.code).toBe(0);
    expect(ran.output).toMatch(
      /^Token [0-9a-f]{64} \(SHA-256\)\nObtained from prove at \S+, valid until \S+, with version \S+ of the secret\nIt went to\n {2}arn:aws:sts::111122223333:assumed-role\/orders\/local\n/,
    );
    expect((await run('trace', ['--fingerprint', fingerprintOf('none')])).code).toBe(3);
  });

  test('reads a log that was moved because it was full, too', async () => {
    const path = join(folder.path, 'full');
    await mkdir(path);
    const log = new FunctionLog(join(path, 'vend.log'), 1);
    for (const name of ['one', 'two']) {
      const fields = {
        message: 'vend',
        callerArn: name,
        provider: 'prove',
        secretVersion: 'v',
        fingerprint: fingerprintOf('moved-token'),
      };
      log.write(JSON.stringify({ timestamp: new Date().toISOString(), ...fields }));
    }
    // Full again: the first line is gone.
    const ran = await run('trace', ['--dir', path, '--json'], 'moved-token');
    expect(JSON.parse(ran.output).vended).toMatchObject([{ callerArn: 'two', times: 1 }]);
    await writeFile(join(path, 'vend.log'), '');
    expect((await run('trace', ['--dir', path], 'moved-token')).code).toBe(0);
    new FunctionLog(join(path, 'vend.log')).write('{}');
    expect((await run('trace', ['--dir', path], 'moved-token')).code).toBe(3);
  });
});
