import { createHash } from 'node:crypto';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type RunningStack, startRunningStack } from '../support/running-stack.ts';

const canary = 'canary-5f1e0b';

let stack: RunningStack;

beforeAll(async () => {
  stack = await startRunningStack();
});

afterAll(async () => {
  await stack.close();
});

test('no secret and no token shows up in any log line, error or header', async () => {
  const tokens: string[] = [];
  const spoken: string[] = [];
  async function listen(response: Response): Promise<void> {
    const text = await response.text();
    spoken.push(JSON.stringify([...response.headers]));
    if (response.status === 200) tokens.push((JSON.parse(text) as { access_token: string }).access_token);
    else spoken.push(text);
  }
  async function putSecret(SecretString: string, provider = 'prove'): Promise<void> {
    await stack.secretsManager.send(
      new PutSecretValueCommand({ SecretId: `token-vending/local/${provider}`, SecretString }),
    );
  }

  // A key is broken in every way before it works once: later the last good one would serve.
  const keySecret = stack.providers.byName['oidc-jwt']?.secret;
  for (const secret of [
    { client_id: canary, private_key: canary },
    { client_id: 'x', private_key: { kty: 'EC', crv: canary, d: canary } },
    { ...keySecret, alg: canary },
    { ...keySecret, kid: [canary] },
    keySecret,
  ]) {
    await putSecret(JSON.stringify(secret), 'oidc-jwt');
    await listen(await stack.vend('oidc-jwt'));
  }
  for (const provider of ['oidc', 'pipeshub']) await listen(await stack.vend(provider));
  await listen(await stack.vend('prove', `client_id=${canary}&client_secret=${canary}`));
  await listen(await stack.vend('prove', `client_secret=${canary}&client_secret=${canary}`));
  await listen(await stack.vend('prove', `scope=${canary}`));
  await listen(await stack.vend('prove', `grant_type=${canary}`));
  await listen(
    await fetch(`${stack.endpoint}/tokens/prove`, {
      method: 'POST',
      headers: { authorization: `Bearer ${canary}` },
    }),
  );
  // From here on the provider refuses, and the secret is broken in every way.
  stack.providers.proveServer?.setCredentials({ clientId: canary, clientSecret: canary });
  const fingerprint = createHash('sha256')
    .update(tokens.at(-1) ?? '')
    .digest('hex');
  await listen(await stack.vend('prove', `rejected_token_sha256=${fingerprint}`));
  for (const secret of [
    `{"client_id":"${canary}"}`,
    `${canary}`,
    `"${canary}"`,
    `{"client_id":"x","client_secret":"${canary}"}`,
  ]) {
    await putSecret(secret);
    await listen(await stack.vend('prove'));
  }

  const output = [...spoken, ...stack.functionLines, ...stack.answered.map((entry) => JSON.stringify(entry))].join(
    '\n',
  );
  const secrets = Object.values(stack.providers.byName).flatMap(({ secret }) => {
    const { client_secret: clientSecret, private_key: privateKey } = secret as Record<string, string>;
    return clientSecret ?? privateKey?.split('\n').filter((line) => line !== '' && !line.startsWith('-')) ?? [];
  });
  expect([tokens.length, secrets.length]).toEqual([4, 6]);
  expect(stack.functionLines.length).toBeGreaterThanOrEqual(10);
  for (const secret of [...tokens, ...secrets, stack.orders.secretAccessKey]) expect(output).not.toContain(secret);
  expect(output).not.toContain(canary);
  // What there is instead of a token.
  expect(output).toContain(fingerprint);
});
