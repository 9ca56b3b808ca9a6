import { describe, expect, test } from '@jest/globals';
import type { ProviderSettings } from '../../../../functions/shared/settings/provider-settings.ts';
import { answerJson, answerToken, type Script, startScriptedProvider } from '../../../support/scripted-provider.ts';
import { provider, startVending, useProvider, vending } from '../../../support/vending-setup.ts';

// What real providers do beyond RFC 6749, each over real sockets.

useProvider();

/** One vend with these settings, from a provider that answers this. */
async function vendFrom(script: Script, settings: Partial<ProviderSettings> = {}) {
  provider.answerWith(script);
  return (await startVending(settings)).vend();
}

const answerText =
  (status: number, text: string, contentType: string): Script =>
  (response) => {
    response.writeHead(status, { 'content-type': contentType }).end(text);
  };

describe('a provider in whose answer', () => {
  test('expires_in is a string (UPS, Azure AD v1, PayPal)', async () => {
    const { body } = await vendFrom(answerToken({ token_type: 'Bearer', expires_in: '14399' }));
    expect(body.expires_in).toBe(14399);
  });

  test('expires_in is missing (Salesforce): the token is answered and not kept, unless the settings give a lifetime', async () => {
    const { body } = await vendFrom(answerToken({ token_type: 'Bearer' }));
    expect(body).toEqual({ access_token: 'token-1', token_type: 'Bearer' });
    expect((await vending.vend()).body.access_token).toBe('token-2');
    await vending.close();
    const kept = await startVending({ defaultLifetimeSeconds: 900 });
    expect([(await kept.vend()).body.expires_in, (await kept.vend()).body.access_token]).toEqual([900, 'token-3']);
  });

  test('token_type is bearer (IBM Verify) or missing (WeChat)', async () => {
    expect((await vendFrom(answerToken({ token_type: 'bearer', expires_in: 60 }))).body.token_type).toBe('Bearer');
    await vending.close();
    expect((await vendFrom(answerToken({ expires_in: 60 }))).body.token_type).toBe('Bearer');
  });

  test('success is 201 (CrowdStrike)', async () => {
    const token = { access_token: 'token', token_type: 'bearer', expires_in: 1799 };
    expect(await vendFrom(answerJson(201, token))).toMatchObject({ status: 200, body: { expires_in: 1799 } });
  });

  test('an error has status 200 (GitHub)', async () => {
    const error = { error: 'bad_verification_code', error_description: 'canary', access_token: 'canary' };
    expect(await vendFrom(answerJson(200, error))).toMatchObject({ status: 502, body: { error: 'provider_error' } });
    expect(vending.lastLog()).toMatchObject({ reason: 'request_refused', providerStatus: 200 });
    expect(vending.logLines.join()).not.toContain('canary');
  });

  test.each(['application/x-www-form-urlencoded', 'text/plain; charset=utf-8'])(
    'a token is a form, as %s (what golang/oauth2 reads)',
    async (contentType) => {
      const form = 'access_token=a%2Bb&scope=x+y&expires_in=3600&token_type=bearer';
      const { body } = await vendFrom(answerText(200, form, contentType));
      expect(body).toEqual({ access_token: 'a+b', token_type: 'Bearer', expires_in: 3600, scope: 'x y' });
    },
  );

  test('JSON is labelled as something else', async () => {
    const { body } = await vendFrom(answerText(200, '{"access_token":"a","expires_in":60}', 'text/plain'));
    expect(body.access_token).toBe('a');
  });

  test.each([
    ['a form labelled as JSON', 'access_token=a&expires_in=60', 'application/json', 'not_a_json_object'],
    ['a form with a field twice', 'access_token=a&access_token=b', 'text/plain', 'not_a_json_object'],
    ['HTML labelled as JSON (n8n, Mattermost)', '<html>', 'application/json', 'not_a_json_object'],
    ['HTML labelled as text', '<html lang="en">', 'text/plain', 'access_token_missing'],
  ])('%s is no token', async (_what, text, contentType, reason) => {
    expect((await vendFrom(answerText(200, text, contentType))).body.error).toBe('provider_error');
    expect(vending.lastLog()).toMatchObject({ reason });
  });

  test.each([301, 302, 303, 307, 308])(
    'a redirect (%i) is not followed, so the secret goes nowhere else',
    async (status) => {
      const elsewhere = await startScriptedProvider();
      const answer = await vendFrom((response) => {
        response.writeHead(status, { location: elsewhere.tokenUrl }).end();
      });
      expect([answer.body.error, elsewhere.requests.length]).toEqual(['provider_error', 0]);
      await elsewhere.close();
    },
  );

  test('scope is narrower than requested: it is passed on', async () => {
    const settings = { scopes: { default: ['a', 'b'], allowed: ['a', 'b'] } };
    expect((await vendFrom(answerToken({ expires_in: 60, scope: 'a' }), settings)).body.scope).toBe('a');
  });

  test('the token is the same until it expires (wso2): min_ttl gets that one, and asks once in 30 s', async () => {
    const endsAtMs = Date.UTC(2026, 0, 1, 0, 1);
    const same: Script = (response, request, count) => {
      const expiresIn = Math.round((endsAtMs - vending.clock.now()) / 1000);
      return answerJson(200, { access_token: 'same', expires_in: expiresIn })(response, request, count);
    };
    const { body } = await vendFrom(same);
    expect(body.expires_in).toBe(60);
    for (const [seconds, left, requests] of [
      [20, 40, 2],
      [20, 20, 2],
      [12, 8, 3],
    ] as const) {
      vending.clock.advanceSeconds(seconds);
      const answer = await vending.vend('min_ttl=50');
      expect([answer.body.expires_in, provider.requests.length]).toEqual([left, requests]);
    }
  });
});
