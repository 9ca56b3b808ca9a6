import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { LoopbackServer } from '../../../local/loopback-server.ts';
import { startSecretsManager } from '../../../local/secrets-manager/secrets-manager.ts';
import { requestSchemas } from '../../../local/secrets-manager/secrets-manager-requests.ts';

let server: LoopbackServer;
beforeAll(async () => {
  server = await startSecretsManager();
});
afterAll(() => server.close());

const signed = { authorization: 'AWS4-HMAC-SHA256 Credential=any' };
const operations = Object.keys(requestSchemas);

async function call(operation: string, body: string, headers: Record<string, string> = signed): Promise<object> {
  const target = { 'x-amz-target': `secretsmanager.${operation}` };
  const response = await fetch(server.url, { method: 'POST', headers: { ...target, ...headers }, body });
  const answer = (await response.json()) as { __type?: string };
  expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.1');
  expect(response.headers.get('x-amzn-errortype') ?? undefined).toBe(answer.__type);
  return { status: response.status, type: answer.__type };
}

test.each([
  ['an unsigned request', 'ListSecrets', '{}', {}, 'MissingAuthenticationTokenException'],
  ['an unknown operation', 'CancelRotateSecret', '{}', signed, 'UnknownOperationException'],
  ['an operation that only objects have', 'constructor', '{}', signed, 'UnknownOperationException'],
  ['a body that is not JSON', 'ListSecrets', '{', signed, 'SerializationException'],
  ['an empty body', 'ListSecrets', '', signed, 'SerializationException'],
  ['a body that is not an object', 'ListSecrets', '[]', signed, 'SerializationException'],
  ['a body that is too large', 'ListSecrets', ' '.repeat(1024 * 1024 + 1), signed, 'SerializationException'],
  ['a number for a name', 'CreateSecret', '{"Name":5}', signed, 'SerializationException'],
  ['an object for a secret', 'CreateSecret', '{"Name":"x","SecretString":{}}', signed, 'SerializationException'],
  ['text for a list', 'PutSecretValue', '{"SecretId":"x","VersionStages":"y"}', signed, 'SerializationException'],
  ['a missing member', 'GetSecretValue', '{}', signed, 'ValidationException'],
  ['null, which counts as missing', 'GetSecretValue', '{"SecretId":null}', signed, 'ValidationException'],
  ['an empty id', 'GetSecretValue', '{"SecretId":""}', signed, 'ValidationException'],
  ['no labels', 'PutSecretValue', '{"SecretId":"x","VersionStages":[]}', signed, 'ValidationException'],
])('%s is refused', async (_case, operation, body, headers, type) => {
  expect(await call(operation, body, headers)).toEqual({ status: 400, type });
});

test('unknown members are ignored', async () => {
  expect(await call('ListSecrets', '{"MaxResults":5,"SortOrder":null}')).toEqual({ status: 200 });
});

test('any members lead to the operation’s answer or to one of its errors', async () => {
  const members = fc.constantFrom(
    ...['Name', 'SecretId', 'SecretString', 'SecretBinary', 'ClientRequestToken', 'VersionStage', 'VersionStages'],
    ...['VersionId', 'MoveToVersionId', 'RemoveFromVersionId', 'Filters', 'RecoveryWindowInDays', '__proto__'],
  );
  const value = fc.oneof(fc.constantFrom('a', 'AWSCURRENT', '1'.repeat(32)), fc.jsonValue({ maxDepth: 2 }));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...operations), fc.dictionary(members, value), async (operation, input) => {
      expect(await call(operation, JSON.stringify(input))).not.toMatchObject({ status: 500 });
    }),
    { numRuns: 300 },
  );
});
