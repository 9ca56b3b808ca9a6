import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { FunctionError } from '../../../local/lambda/runtime-api.ts';
import type { LoopbackServer } from '../../../local/loopback-server.ts';
import { SecretStore } from '../../../local/secrets-manager/secret-store.ts';
import { startSecretsManager } from '../../../local/secrets-manager/secrets-manager.ts';

const arn = 'arn:aws:lambda:us-east-1:111122223333:function:rotate';

let invoke: (event: unknown) => Promise<unknown>;
let server: LoopbackServer;
let client: LambdaClient;
beforeAll(async () => {
  const store = new SecretStore(Date.now, { arn, invoke: (event) => invoke(event) });
  server = await startSecretsManager(store, [
    { accessKeyId: 'ASIACALLER', arn: 'arn:aws:iam::111122223333:role/caller' },
  ]);
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  client = new LambdaClient({ endpoint: server.url, region: 'us-east-1', credentials });
});
afterAll(async () => {
  client.destroy();
  await server.close();
});

async function call(FunctionName: string, event: object = {}) {
  const answer = await client.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
  return { error: answer.FunctionError, result: JSON.parse(answer.Payload?.transformToString() ?? '') };
}

test.each([arn, 'rotate'])('the SDK invokes a function as %s and gets what it answers', async (name) => {
  invoke = async (event) => ({ got: event });
  expect(await call(name, { a: 1 })).toEqual({ error: undefined, result: { got: { a: 1 } } });
  invoke = async () => undefined;
  expect(await call(name)).toEqual({ error: undefined, result: null });
});

test('a function that throws is told by its error type', async () => {
  invoke = () => Promise.reject(new FunctionError('RotationError: why', 'RotationError'));
  expect(await call(arn)).toEqual({
    error: 'Unhandled',
    result: { errorType: 'RotationError', errorMessage: 'RotationError: why' },
  });
});

test.each(['vend', 'other', `${arn}:live`])('nobody may invoke another function: %s', async (name) => {
  await expect(call(name)).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

test('a dry run says that the function may be invoked, and does not invoke it', async () => {
  invoke = () => Promise.reject(new Error('invoked'));
  const answer = await client.send(new InvokeCommand({ FunctionName: arn, InvocationType: 'DryRun' }));
  expect(answer.StatusCode).toBe(204);
});

test('a caller of the stack may invoke none', async () => {
  const credentials = { accessKeyId: 'ASIACALLER', secretAccessKey: 'any' };
  const caller = new LambdaClient({ endpoint: server.url, region: 'us-east-1', credentials });
  const invoked = caller.send(new InvokeCommand({ FunctionName: arn }));
  await expect(invoked).rejects.toMatchObject({ name: 'AccessDeniedException' });
  caller.destroy();
});

test('a request without a signature is refused', async () => {
  const response = await fetch(`${server.url}/2015-03-31/functions/rotate/invocations`, { method: 'POST' });
  expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([
    403,
    'MissingAuthenticationTokenException',
  ]);
});
