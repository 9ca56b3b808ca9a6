import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { parseJson } from '../shared/runtime/json.ts';
import { NotAskedError } from './probe-result.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  /** Below the stage: `/tokens/prove`. */
  readonly path: string;
  /** Form fields. */
  readonly body?: string | undefined;
  /** `wrong-key`: the right access key's id, signed with a secret key that is not its own. */
  readonly signature: 'right' | 'none' | 'wrong-key';
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; undefined if it is none. May hold a token: look at it and let it go. */
  readonly body: unknown;
}

/**
 * Sends one request to the endpoint and follows no redirect.
 *
 * @throws NotAskedError when no complete answer comes within `timeoutMs`
 */
export type CallApi = (request: ApiRequest, timeoutMs: number) => Promise<ApiAnswer>;

export interface ApiClientOptions {
  /** With the stage, without a slash at the end. */
  readonly endpoint: string;
  readonly region: string;
  readonly readCredentials: () => Promise<Credentials>;
}

export function createApiClient({ endpoint, region, readCredentials }: ApiClientOptions): CallApi {
  async function sign(request: ApiRequest): Promise<Record<string, string>> {
    const url = new URL(`${endpoint}${request.path}`);
    const headers = { host: url.host, 'content-type': 'application/x-www-form-urlencoded' };
    if (request.signature === 'none') return headers;
    const credentials = await readCredentials().catch((error: unknown) => {
      throw new NotAskedError(`there are no AWS credentials to sign with (${nameOf(error)})`);
    });
    const secretAccessKey = `${request.signature === 'wrong-key' ? 'not-' : ''}${credentials.secretAccessKey}`;
    const signer = new SignatureV4({
      credentials: { ...withoutUndefined(credentials), secretAccessKey },
      region,
      service: 'execute-api',
      sha256: Sha256,
    });
    const { method, body } = request;
    return (await signer.sign(new HttpRequest({ method, path: url.pathname, headers, body }))).headers;
  }

  return async function call(request, timeoutMs) {
    if (timeoutMs <= 0) throw new NotAskedError('no time was left to ask');
    const { method, path, body = null } = request;
    const headers = await sign(request);
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const response = await fetch(`${endpoint}${path}`, { method, headers, body, redirect: 'manual', signal });
      return { status: response.status, headers: response.headers, body: parseJson(await readText(response)) };
    } catch (error) {
      if (error instanceof NotAskedError) throw error;
      if (nameOf(error) === 'TimeoutError') throw new NotAskedError(`no answer within ${timeoutMs} ms`);
      throw new NotAskedError(`the endpoint cannot be reached (${networkCodeOf(error)})`, true);
    }
  };
}

/** A token's answer has a few KiB. */
const maxAnswerBytes = 256 * 1024;

async function readText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxAnswerBytes) throw new NotAskedError(`the answer is larger than ${maxAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function withoutUndefined({ accessKeyId, secretAccessKey, sessionToken }: Credentials) {
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** `fetch` wraps the network's error. Its code is Node's own word; a message may quote what was sent. */
function networkCodeOf(error: unknown): string {
  const { code } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
  return code ?? nameOf(error);
}
