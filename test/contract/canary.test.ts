import { createHash } from 'node:crypto';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startBuiltInProviders } from '../../local/providers/built-in-providers.ts';
import { defaultSecretId, type LocalProviders } from '../../local/providers/providers.ts';
import { type RunningStack, startRunningStack } from '../support/running-stack.ts';

const canary = 'canary-5f1e0b';

/** Each is the secret of its own provider: a failure is followed by a back-off in which nothing is read. */
const brokenSecrets: Readonly<Record<string, readonly string[]>> = {
  prove: [
    `{"client_id":"${canary}"}`,
    canary,
    `"${canary}"`,
    // Well-formed, but refused.
    `{"client_id":"x","client_secret":"${canary}"}`,
  ],
  'oidc-jwt': [
    JSON.stringify({ client_id: canary, private_key: canary }),
    JSON.stringify({ client_id: 'x', private_key: { kty: 'EC', crv: canary, d: canary } }),
    JSON.stringify({ client_id: 'x', private_key: canary, alg: canary }),
    JSON.stringify({ client_id: 'x', private_key: canary, kid: [canary] }),
  ],
};
const broken = Object.entries(brokenSecrets).flatMap(([like, secrets]) =>
  secrets.map((secret, index) => ({ name: `broken-${like}-${index}`, like, secret })),
);

let stack: RunningStack;

/** The built-in providers, and the same servers again with each broken secret. */
async function startProviders(): Promise<LocalProviders> {
  const builtIn = await startBuiltInProviders();
  const entries = broken.map(({ name, like }) => {
    const settings = { ...builtIn.byName[like]?.settings, secretId: defaultSecretId(name) };
    return [name, { settings, secret: {} }];
  });
  return { ...builtIn, byName: { ...builtIn.byName, ...Object.fromEntries(entries) } };
}

beforeAll(async () => {
  stack = await startRunningStack(1, startProviders, { tokenStore: 'dynamodb' });
});

afterAll(async () => {
  await stack.close();
});

/** Everything in the table as DynamoDB sends it; bytes also as text, with no key or attribute left out. */
async function scanRaw(table: RunningStack['tokenStore']): Promise<string> {
  const client = new DynamoDBClient({
    endpoint: table?.endpoint ?? '',
    region: stack.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { Items = [] } = await client.send(new ScanCommand({ TableName: table?.table ?? '' }));
  client.destroy();
  const sealed = Items.map((item) => Buffer.from(item['sealed']?.B ?? []));
  return [
    JSON.stringify(Items, (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value)),
    ...sealed.map((bytes) => bytes.toString('latin1')),
    ...sealed.map((bytes) => bytes.toString('hex')),
  ].join('\n');
}

test('no log line, error, header or item of the token table contains a secret or a token', async () => {
  const tokens: string[] = [];
  const spoken: string[] = [];
  const listen = async (response: Response): Promise<void> => {
    const text = await response.text();
    spoken.push(JSON.stringify([...response.headers]));
    if (response.status === 200) tokens.push((JSON.parse(text) as { access_token: string }).access_token);
    else spoken.push(text);
  };

  for (const provider of ['oidc', 'oidc-jwt', 'pipeshub']) await listen(await stack.vend(provider));
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
  expect(tokens).toHaveLength(4);
  // From here on the provider refuses the client.
  stack.providers.proveServer?.setCredentials({ clientId: canary, clientSecret: canary });
  const fingerprint = createHash('sha256')
    .update(tokens.at(-1) ?? '')
    .digest('hex');
  await listen(await stack.vend('prove', `rejected_token_sha256=${fingerprint}`));
  for (const { name, secret: SecretString } of broken) {
    await stack.secretsManager.send(new PutSecretValueCommand({ SecretId: defaultSecretId(name), SecretString }));
    await listen(await stack.vend(name));
  }
  expect(tokens).toHaveLength(4);

  const output = [...spoken, ...stack.functionLines, ...stack.answered.map((entry) => JSON.stringify(entry))].join(
    '\n',
  );
  const reasons = stack.functionLines.map((line) => (JSON.parse(line) as { reason?: string }).reason);
  expect(new Set(reasons)).toEqual(
    new Set([
      undefined,
      'field_repeated',
      'scope_not_allowed',
      'grant_type_unsupported',
      'credentials_refused',
      'secret_field_missing',
      'secret_not_json',
      'secret_not_an_object',
      'secret_field_unusable',
    ]),
  );
  const secrets = Object.values(stack.providers.byName).flatMap(({ secret }) => {
    const { client_secret: clientSecret, private_key: privateKey } = secret as Record<string, string>;
    return clientSecret ?? privateKey?.split('\n').filter((line) => line !== '' && !line.startsWith('-')) ?? [];
  });
  expect(secrets).toHaveLength(6);
  for (const secret of [...tokens, ...secrets, stack.orders.secretAccessKey]) expect(output).not.toContain(secret);
  const clientIds = Object.values(stack.providers.byName).flatMap(({ secret }) => {
    const { client_id: clientId } = secret as Record<string, string>;
    return clientId ?? [];
  });
  const items = await scanRaw(stack.tokenStore);
  // A token of each provider, and a failure of one.
  expect(items.match(/"sealed"/g)?.length).toBe(4);
  expect(items).toContain('credentials_refused');
  for (const secret of [canary, ...tokens, ...secrets, ...clientIds]) {
    // Base64 of it at each of the three places in which it may begin.
    const encoded = [0, 1, 2].map((shift) =>
      Buffer.from(`${' '.repeat(shift)}${secret}`)
        .toString('base64')
        .slice(4, -4),
    );
    for (const form of [secret, Buffer.from(secret).toString('hex'), ...encoded]) expect(items).not.toContain(form);
  }
  expect(output).not.toContain(canary);
  // The fingerprint of a token may appear.
  expect(output).toContain(fingerprint);
});
