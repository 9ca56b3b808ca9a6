import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** Credentials, or what gets them: the AWS SDK's providers fit. */
export type CredentialsSource = Credentials | (() => Promise<Credentials>);

export interface RequestToSign {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
  readonly contentType: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** @returns the headers that the request has to carry */
export type Sign = (request: RequestToSign) => Promise<Record<string, string>>;

/** Signature Version 4 for API Gateway. */
export function createSign(credentials: () => Promise<Credentials>, region: string): Sign {
  return async ({ method, url, body, contentType, atMs }) => {
    const signer = new SignatureV4({
      credentials: await credentials(),
      region,
      service: 'execute-api',
      sha256: NodeSha256,
    });
    const { headers } = await signer.sign(
      {
        method,
        protocol: url.protocol,
        hostname: url.hostname,
        path: url.pathname,
        query: readQuery(url.searchParams),
        headers: { host: url.host, 'content-type': contentType },
        body,
      },
      { signingDate: new Date(atMs) },
    );
    // fetch sets it itself, to the same.
    const { host: _host, ...rest } = headers;
    return rest;
  };
}

function readQuery(parameters: URLSearchParams): Record<string, string[]> {
  return Object.fromEntries([...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name)]));
}

/** SHA-256, or HMAC-SHA-256 with a secret, as the signer wants it. */
class NodeSha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', asBytes(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(asBytes(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

function asBytes(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
