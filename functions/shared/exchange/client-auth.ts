import type { ClientCredentials } from '../secrets/client-credentials.ts';
import type { Provider } from '../settings/provider-settings.ts';
import { clientAssertionType, signClientAssertion } from './client-assertion.ts';

/** The parts of a token request that authenticate the client. */
export interface RequestParts {
  readonly headers: Record<string, string>;
  readonly fields: Record<string, string>;
}

/**
 * Adds to a token request what proves who the client is (RFC 6749 §2.3).
 *
 * @param wallMs the wall clock as it is, milliseconds since 1970: the provider compares it with its own
 */
export type ClientAuth = (
  request: RequestParts,
  credentials: ClientCredentials,
  provider: Provider,
  wallMs: number,
) => void;

/** RFC 6749 §2.3.1, in the body. */
const clientSecretPost: ClientAuth = ({ fields }, credentials) => {
  fields['client_id'] = credentials.clientId;
  fields['client_secret'] = clientSecretOf(credentials);
};

/** RFC 6749 §2.3.1: both parts are form-encoded before Base64. Some providers never decode them (`basicEncoding: raw`). */
const clientSecretBasic: ClientAuth = ({ headers }, credentials, { basicEncoding }) => {
  const encode = basicEncoding === 'form' ? formEncode : (text: string) => text;
  const pair = `${encode(credentials.clientId)}:${encode(clientSecretOf(credentials))}`;
  headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
};

/** RFC 7523 §2.2. */
const privateKeyJwt: ClientAuth = ({ fields }, credentials, { tokenUrl }, wallMs) => {
  if (credentials.kind !== 'key') throw new TypeError('private_key_jwt needs a private key');
  const { clientId, signingKey } = credentials;
  fields['client_id'] = clientId;
  fields['client_assertion_type'] = clientAssertionType;
  fields['client_assertion'] = signClientAssertion(clientId, signingKey, tokenUrl, wallMs);
};

/** By the provider's setting `clientAuth`. */
export const clientAuthMethods: Readonly<Record<Provider['clientAuth'], ClientAuth>> = {
  client_secret_post: clientSecretPost,
  client_secret_basic: clientSecretBasic,
  private_key_jwt: privateKeyJwt,
};

/** A provider's secret is read as what its method needs (`credentialsKind`), so the kind always fits. */
function clientSecretOf(credentials: ClientCredentials): string {
  if (credentials.kind !== 'secret') throw new TypeError('this client authentication needs a client secret');
  return credentials.clientSecret;
}

function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
