import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { AwsClient } from 'aws4fetch';

export interface RequestToSign {
  readonly method: string;
  readonly url: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** What a caller signs with; temporary credentials have a session token. */
export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Signs a request to `execute-api` and sends it. There are two, and they share no code. */
export type SignAndSend = (request: RequestToSign, keys: SigningKeys, region: string) => Promise<Response>;

export const sendSignedBySmithy: SignAndSend = async (request, keys, region) => {
  const { method, url, body } = request;
  const headers = await signBySmithy(request, keys, region);
  return fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
};

/** @returns all headers of the signed request; they are good for 5 minutes and for any number of requests */
export async function signBySmithy(
  { method, url, headers = {}, body }: RequestToSign,
  keys: SigningKeys,
  region: string,
): Promise<Record<string, string>> {
  const { pathname, searchParams, host } = new URL(url);
  const signer = new SignatureV4({ credentials: keys, region, service: 'execute-api', sha256: Sha256 });
  const signed = await signer.sign(
    new HttpRequest({
      method,
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: { host, ...headers },
      body,
    }),
  );
  return signed.headers;
}

export const sendSignedByAws4fetch: SignAndSend = ({ method, url, headers = {}, body }, keys, region) => {
  const client = new AwsClient({ ...keys, service: 'execute-api', region, retries: 0 });
  return client.fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
};
