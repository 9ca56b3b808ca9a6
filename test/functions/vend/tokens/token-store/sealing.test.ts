import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ClientCredentials } from '../../../../../functions/shared/secrets/client-credentials.ts';
import {
  type EntryFacts,
  type SealedContent,
  seal,
  unseal,
} from '../../../../../functions/vend/tokens/token-store/sealing.ts';
import { ecKeys, ed25519Keys } from '../../../../support/key-pairs.ts';

const credentials: ClientCredentials = {
  kind: 'secret',
  clientId: 'the-client',
  clientSecret: 'canary-client-secret',
  versionId: 'v1',
};
const facts: EntryFacts = {
  key: 'entry#prove#a',
  secretVersionId: 'v1',
  currentVersionId: 'v1',
  sentAtMs: 1_000,
  expiresAtMs: 3_601_000,
  fence: 7,
  fingerprint: 'f'.repeat(64),
};
const content: SealedContent = { value: 'canary-token', scope: undefined, exposed: {} };

const anyFacts: fc.Arbitrary<EntryFacts> = fc.record({
  key: fc.string(),
  secretVersionId: fc.string(),
  currentVersionId: fc.string(),
  sentAtMs: fc.nat(),
  expiresAtMs: fc.nat(),
  fence: fc.nat(),
  fingerprint: fc.string(),
});
const anyContent: fc.Arbitrary<SealedContent> = fc.record({
  value: fc.string({ minLength: 1 }),
  scope: fc.option(fc.string(), { nil: undefined }),
  exposed: fc.dictionary(
    fc.string().filter((name) => name !== '__proto__'),
    fc.oneof(fc.string(), fc.integer(), fc.boolean()),
  ),
});

function keyCredentials(key: typeof ecKeys): ClientCredentials {
  const signingKey = { key: key.privateKey, algorithm: 'ES256', keyId: undefined } as const;
  return { kind: 'key', clientId: 'the-client', signingKey, versionId: 'v1' };
}

describe('a sealed token', () => {
  test('is opened by the same credentials for the same facts', () => {
    fc.assert(
      fc.property(anyContent, anyFacts, fc.string({ minLength: 1 }), (anything, its, clientSecret) => {
        const own = { ...credentials, clientSecret };
        const opened = unseal(seal(anything, its, own), its, own);
        expect(opened).toEqual({ ...anything, exposed: { ...anything.exposed } });
      }),
    );
  });

  test('is opened by the same private key and by no other', () => {
    const sealed = seal(content, facts, keyCredentials(ecKeys));
    expect(unseal(sealed, facts, keyCredentials(ecKeys))).toEqual(content);
    expect(unseal(sealed, facts, keyCredentials(ed25519Keys))).toBeUndefined();
  });

  test('is not opened by another client secret', () => {
    fc.assert(
      fc.property(fc.string(), (clientSecret) => {
        fc.pre(clientSecret !== credentials.clientSecret);
        expect(unseal(seal(content, facts, credentials), facts, { ...credentials, clientSecret })).toBeUndefined();
      }),
    );
  });

  test('is refused as the entry of other facts, whichever of them differ', () => {
    fc.assert(
      fc.property(anyFacts, fc.constantFrom(...(Object.keys(facts) as (keyof EntryFacts)[])), (others, name) => {
        fc.pre(others[name] !== facts[name]);
        const sealed = seal(content, facts, credentials);
        expect(unseal(sealed, { ...facts, [name]: others[name] }, credentials)).toBeUndefined();
      }),
    );
  });

  test('is refused with any bit changed', () => {
    const sealed = seal(content, facts, credentials);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const altered = Buffer.from(sealed);
      const at = bit >> 3;
      altered[at] = (altered[at] ?? 0) ^ (1 << (bit & 7));
      expect(unseal(altered, facts, credentials)).toBeUndefined();
    }
  });

  test('is refused when it is cut off anywhere, or has something added', () => {
    const sealed = seal(content, facts, credentials);
    for (let length = 0; length < sealed.length; length += 1) {
      expect(unseal(sealed.subarray(0, length), facts, credentials)).toBeUndefined();
      expect(unseal(sealed.subarray(length + 1), facts, credentials)).toBeUndefined();
    }
    expect(unseal(Buffer.concat([sealed, Buffer.alloc(1)]), facts, credentials)).toBeUndefined();
  });

  test('is never sealed twice to the same bytes, and shows nothing of what it holds', () => {
    const sealed = seal(content, facts, credentials);
    expect(sealed.equals(seal(content, facts, credentials))).toBe(false);
    for (const secret of ['canary-token', 'canary-client-secret', 'the-client']) {
      expect(sealed.includes(secret)).toBe(false);
    }
  });
});
