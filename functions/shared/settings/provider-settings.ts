import * as v from 'valibot';
import { scopeTokenPattern } from './patterns.ts';

const loopbackHost = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function isUsableUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  if (url.username !== '' || url.password !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopbackHost.test(url.hostname));
}

const text = v.pipe(v.string('must be a string'), v.minLength(1, 'must not be empty'));

const endpointUrl = v.pipe(
  text,
  v.check(isUsableUrl, 'must be an https: URL without credentials or fragment (http: only on loopback)'),
);

const clientAuth = v.picklist(
  ['client_secret_post', 'client_secret_basic', 'private_key_jwt'],
  'must be client_secret_post, client_secret_basic or private_key_jwt',
);

// Fields that the exchange itself sends; a fixed parameter of that name would be sent twice (RFC 6749 §3.2).
const ownParameters = new Set([
  'grant_type',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'scope',
]);
const ownAnswerFields = new Set(['access_token', 'token_type', 'expires_in', 'scope']);
// Headers that the exchange sets, and those that would change how HTTP/1.1 itself works. `accept-encoding` is `identity`: an answer
// is read as it comes.
const ownHeaders = new Set([
  'authorization',
  'content-type',
  'content-length',
  'accept-encoding',
  'host',
  'transfer-encoding',
  'connection',
  'upgrade',
  'expect',
  'te',
  'trailer',
]);

// Sorted and without repeats: the form in which scopes are compared, sent and made part of a cache key.
const scopeList = v.pipe(
  v.array(v.pipe(text, v.regex(scopeTokenPattern, 'is not a scope (RFC 6749 §3.3)'))),
  v.transform((list) => [...new Set(list)].sort()),
);

const scopes = v.pipe(
  v.strictObject({ default: v.optional(scopeList, []), allowed: v.optional(scopeList, []) }),
  v.check(
    (value) => value.default.every((scope) => value.allowed.includes(scope)),
    'every default scope must be an allowed one',
  ),
);

const settingsSchema = v.strictObject({
  tokenUrl: endpointUrl,
  secretId: text,
  dialect: v.optional(v.picklist(['oauth2', 'prove'], 'must be oauth2 or prove'), 'oauth2'),
  clientAuth: v.optional(clientAuth, 'client_secret_post'),
  basicEncoding: v.optional(v.picklist(['form', 'raw'], 'must be form or raw'), 'form'),
  requestFormat: v.optional(v.picklist(['form', 'json'], 'must be form or json'), 'form'),
  scopes: v.optional(scopes, {}),
  parameters: v.optional(
    v.record(
      v.pipe(
        v.string(),
        v.check((name) => !ownParameters.has(name), 'is a field that the exchange itself sends'),
      ),
      v.string('must be a string'),
    ),
    {},
  ),
  headers: v.optional(
    v.record(
      v.pipe(
        v.string(),
        v.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'is not a header name'),
        v.check((name) => !ownHeaders.has(name.toLowerCase()), 'is a header that the exchange itself sends'),
      ),
      v.pipe(v.string('must be a string'), v.regex(/^[\x20-\x7e]*$/, 'must be printable ASCII')),
    ),
    {},
  ),
  defaultLifetimeSeconds: v.optional(
    v.pipe(
      v.number('must be a number'),
      v.integer('must be whole seconds'),
      v.minValue(1, 'must be at least 1'),
      v.maxValue(30 * 86_400, 'must be at most 30 days'),
    ),
  ),
  expose: v.optional(
    v.array(
      v.pipe(
        text,
        v.check((name) => !ownAnswerFields.has(name), 'is a field that every answer has'),
      ),
    ),
    [],
  ),
  /** RFC 7009. Without it a leaked token cannot be revoked. */
  revocationUrl: v.optional(endpointUrl),
  /** RFC 7662. Confirms a revocation. */
  introspectionUrl: v.optional(endpointUrl),
  /** How the client authenticates at these two; `clientAuth` unless given. */
  revocationClientAuth: v.optional(clientAuth),
});

/** What is said of one provider, the same shape everywhere. Optional keys take the default named in the docs. */
export const providerSettingsSchema = v.pipe(
  settingsSchema,
  v.forward(
    v.partialCheck(
      [['clientAuth'], ['revocationClientAuth']],
      ({ clientAuth, revocationClientAuth: other }) =>
        other === undefined || (clientAuth === 'private_key_jwt') === (other === 'private_key_jwt'),
      'must take the same kind of credentials as clientAuth',
    ),
    ['revocationClientAuth'],
  ),
);

/** A provider's settings as somebody writes them. */
export type ProviderSettings = v.InferInput<typeof providerSettingsSchema>;

/** A provider's settings with every default filled in, and its name. */
export type Provider = v.InferOutput<typeof providerSettingsSchema> & { readonly name: string };
