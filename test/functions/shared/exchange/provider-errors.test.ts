import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { answerJson, type ScriptedProvider, startScriptedProvider } from '../../../support/scripted-provider.ts';
import { startVendingFunction } from '../../../support/vending-function.ts';

let provider: ScriptedProvider;
beforeAll(async () => {
  provider = await startScriptedProvider();
});
afterAll(() => provider.close());

/** What the caller and the log get when the provider answers this. */
async function outcomeOf(status: number, body: unknown, dialect: 'oauth2' | 'prove' = 'oauth2') {
  provider.answerWith(answerJson(status, body));
  const vending = await startVendingFunction(provider.tokenUrl, { dialect });
  const before = provider.requests.length;
  const answer = await vending.vend();
  const { reason, providerError } = vending.lastLog();
  const heard = JSON.stringify([answer, vending.logLines]);
  await vending.close();
  expect(heard).not.toContain('canary');
  const requests = provider.requests.length - before;
  return [answer.status, answer.body.error, reason, ...(providerError === undefined ? [] : [providerError]), requests];
}

const refused = [502, 'provider_rejected_credentials', 'credentials_refused', 1];
const wrongScope = [400, 'invalid_scope', 'scope_refused', 'invalid_scope', 1];

test('docs/architecture.md says what each error code leads to', async () => {
  const architecture = await readFile(join(import.meta.dirname, '../../../../docs/architecture.md'), 'utf8');
  const [, table = ''] = architecture.split('| `error` | no token held | `reason` in the log |\n|---|---|---|\n');
  const rows = table.slice(0, table.indexOf('\n\n')).split('\n');
  expect(rows).toHaveLength(11);
  for (const row of rows) {
    const [, error, status, answered, reason] = /^\| (.+) \| (\d+) `(.+)` \| `(.+)` \|$/.exec(row) ?? [];
    const [outcomeStatus, outcomeError, outcomeReason] = await outcomeOf(400, { error: error?.replaceAll('`', '') });
    expect([error, outcomeStatus, outcomeError, outcomeReason]).toEqual([error, Number(status), answered, reason]);
  }
});

describe('an oauth2 provider that answers', () => {
  test.each([
    [401, { error: 'invalid_client' }, refused],
    [400, { error: 'invalid_client' }, refused],
    // Some servers send it for another client or a wrong secret.
    [400, { error: 'unauthorized_client' }, refused],
    [401, { error: 'access_denied' }, refused],
    [401, {}, refused],
    [400, { error: 'invalid_scope' }, wrongScope],
    [403, { error: 'invalid_scope' }, wrongScope],
    [401, { error: 'invalid_scope' }, wrongScope],
    [400, { error: 'invalid_request' }, [502, 'provider_error', 'request_refused', 'invalid_request', 1]],
    [400, { error: 'invalid_target' }, [502, 'provider_error', 'request_refused', 'invalid_target', 1]],
    [400, { error: 'canary' }, [502, 'provider_error', 'request_refused', 1]],
    [400, { error: 'constructor' }, [502, 'provider_error', 'request_refused', 1]],
    [503, { error: 'canary' }, [503, 'temporarily_unavailable', 'provider_unavailable', 3]],
    [
      400,
      { error: 'temporarily_unavailable' },
      [503, 'temporarily_unavailable', 'provider_unavailable', 'temporarily_unavailable', 1],
    ],
    // PipesHub.
    [400, { error: 'server_error' }, [503, 'temporarily_unavailable', 'provider_unavailable', 'server_error', 1]],
    [403, { error: 'access_denied' }, [502, 'provider_error', 'request_refused', 'access_denied', 1]],
    [400, { error: { code: 'canary', message: 'canary' } }, [502, 'provider_error', 'request_refused', 1]],
    [429, { error: { code: 'canary', message: 'canary' } }, [503, 'temporarily_unavailable', 'provider_throttled', 1]],
    [401, { error: { code: 'canary', message: 'canary' } }, refused],
  ])('%i %j', async (status, body, outcome) => {
    expect(await outcomeOf(status, { ...body, error_description: 'canary' })).toEqual(outcome);
  });

  test.each([null, ''])('200 with a token and %j as its error', async (error) => {
    expect(await outcomeOf(200, { access_token: 'a', expires_in: 60, error })).toEqual([200, undefined, undefined, 1]);
  });
});

describe('a prove provider that answers', () => {
  test.each([
    [401, { code: 8002 }, refused],
    [400, { code: 8002 }, refused],
    [400, { code: 8001 }, [502, 'provider_error', 'unexpected_status', 1]],
    [500, { code: 8000 }, [503, 'temporarily_unavailable', 'provider_unavailable', 8000, 3]],
    [403, { code: 'canary' }, [502, 'provider_error', 'unexpected_status', 1]],
  ])('%i %j', async (status, body, outcome) => {
    expect(await outcomeOf(status, { ...body, message: 'canary' }, 'prove')).toEqual(outcome);
  });
});
