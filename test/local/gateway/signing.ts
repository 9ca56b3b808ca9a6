import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { AwsV4Signer } from 'aws4fetch';
import type { SigningKeys } from '../../support/signed-request.ts';

/** A request as it is sent, not yet signed. */
export interface Draft {
  readonly method?: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface SigningOptions {
  readonly region?: string;
  readonly service?: string;
  readonly date?: Date;
}

/** @returns the request's headers, `authorization` among them */
export type Sign = (
  origin: string,
  draft: Draft,
  keys: SigningKeys,
  options?: SigningOptions,
) => Promise<Record<string, string>>;

export const signBySmithy: Sign = async (origin, draft, keys, options = {}) => {
  const { method = 'GET', target, headers = {}, body } = draft;
  const { region = 'us-east-1', service = 'execute-api', date = new Date() } = options;
  const [path = '', rawQuery = ''] = target.split('?');
  const query: Record<string, string[]> = {};
  for (const pair of rawQuery.split('&').filter((part) => part !== '')) {
    const [name = '', value = ''] = pair.split('=').map(decodeURIComponent);
    query[name] = [...(Object.hasOwn(query, name) ? (query[name] ?? []) : []), value];
  }
  const signer = new SignatureV4({ credentials: keys, region, service, sha256: Sha256 });
  const unsigned = new HttpRequest({
    method,
    path,
    query,
    headers: { host: new URL(origin).host, ...headers },
    body,
  });
  return (await signer.sign(unsigned, { signingDate: date })).headers;
};

export const signByAws4fetch: Sign = async (origin, draft, keys, options = {}) => {
  const { method = 'GET', target, headers = {}, body = '' } = draft;
  const { region = 'us-east-1', service = 'execute-api', date = new Date() } = options;
  const datetime = date.toISOString().replace(/[:-]|\.\d{3}/g, '');
  const signer = new AwsV4Signer({
    method,
    url: `${origin}${target}`,
    headers,
    body,
    ...keys,
    region,
    service,
    datetime,
  });
  return { host: new URL(origin).host, ...Object.fromEntries((await signer.sign()).headers) };
};

export interface Received {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends exactly these bytes. `fetch` would normalize the target and the headers. */
export function send(
  origin: string,
  { method = 'GET', target, body = '' }: Draft,
  headers: Readonly<Record<string, string | string[]>>,
): Promise<Received> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    const request = httpRequest({ hostname, port, method, path: target, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: text }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}
