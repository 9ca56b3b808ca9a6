import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { isJsonObject, isText, parseJson } from '../../../shared/runtime/json.ts';
import type { ClientCredentials } from '../../../shared/secrets/client-credentials.ts';

/** What of an entry anyone who reads the table may see, and nobody can change without being noticed. */
export interface EntryFacts {
  /** The entry's key in the table. */
  readonly key: string;
  /** The version of the secret with which the token was obtained. Only who has that version can open the entry. */
  readonly secretVersionId: string;
  /** The version that was AWSCURRENT then: another one where the provider refused that one. */
  readonly currentVersionId: string;
  /** Milliseconds since 1970: from when the token's life counts. */
  readonly sentAtMs: number;
  readonly expiresAtMs: number;
  /** Of the lease under which it was written. */
  readonly fence: number;
  /** Of the token: hex SHA-256. */
  readonly fingerprint: string;
}

/** What nobody sees who has only the table. */
export interface SealedContent {
  readonly value: string;
  readonly scope: string | undefined;
  readonly exposed: Readonly<Record<string, unknown>>;
}

// NIST SP 800-38D §8.2: a nonce of 96 bits; and the longest tag.
const nonceBytes = 12;
const tagBytes = 16;
const purpose = 'token-vending token store 1';

/** AES-256-GCM under a key that only holders of the client credentials have: nonce, tag and ciphertext in one. */
export function seal(content: SealedContent, facts: EntryFacts, credentials: ClientCredentials): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', deriveKey(credentials), nonce, { authTagLength: tagBytes });
  cipher.setAAD(bind(facts));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(content)), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** @returns undefined where it was sealed with other credentials or for other facts, or is not what was sealed */
export function unseal(
  sealed: Uint8Array,
  facts: EntryFacts,
  credentials: ClientCredentials,
): SealedContent | undefined {
  if (sealed.length < nonceBytes + tagBytes) return undefined;
  const nonce = sealed.subarray(0, nonceBytes);
  const decipher = createDecipheriv('aes-256-gcm', deriveKey(credentials), nonce, { authTagLength: tagBytes });
  decipher.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
  decipher.setAAD(bind(facts));
  try {
    const text = Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()]);
    return parseContent(parseJson(text.toString('utf8')));
  } catch {
    return undefined;
  }
}

/** RFC 5869. The client secret has its entropy or has it not: nothing here makes a weak one strong (docs/security.md). */
function deriveKey(credentials: ClientCredentials): Buffer {
  const material =
    credentials.kind === 'secret'
      ? Buffer.from(credentials.clientSecret)
      : credentials.signingKey.key.export({ type: 'pkcs8', format: 'der' });
  return Buffer.from(hkdfSync('sha256', material, '', purpose, 32));
}

function bind(facts: EntryFacts): Buffer {
  const { key, secretVersionId, currentVersionId, sentAtMs, expiresAtMs, fence, fingerprint } = facts;
  // As JSON, no two lists of facts give the same text.
  return Buffer.from(
    JSON.stringify([key, secretVersionId, currentVersionId, sentAtMs, expiresAtMs, fence, fingerprint]),
  );
}

function parseContent(content: unknown): SealedContent | undefined {
  if (!isJsonObject(content)) return undefined;
  const { value, scope, exposed } = content;
  if (!isText(value) || !isJsonObject(exposed) || (scope !== undefined && typeof scope !== 'string')) return undefined;
  return { value, scope, exposed };
}
