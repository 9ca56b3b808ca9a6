import type { TokenAnswer } from '../vended-token.ts';
import { VendingError } from '../vending-error.ts';
import { oneLine } from './one-line.ts';

/** What came of a report: see the header `x-token-rejection`. */
export type Rejection = 'replaced' | 'unknown' | 'kept';

export interface Vended {
  readonly answer: TokenAnswer;
  readonly rejection: Rejection | undefined;
}

const maxAnswerBytes = 64 * 1024;

/**
 * Judges an answer of the token endpoint.
 *
 * @throws VendingError for all but a token
 */
export async function readAnswer(response: Response): Promise<Vended> {
  const body = parseObject(await readText(response));
  if (response.status !== 200) throw asError(response, body);
  if (!isTokenAnswer(body)) throw invalidResponse(response, 'The endpoint answered something that is not a token.');
  const rejection = response.headers.get('x-token-rejection');
  return { answer: body, rejection: isRejection(rejection) ? rejection : undefined };
}

type Json = Readonly<Record<string, unknown>>;

function asError(response: Response, body: Json | undefined): VendingError {
  const { status } = response;
  if (status < 400) {
    return invalidResponse(response, `The endpoint answered with status ${status}; redirects are not followed.`);
  }
  const { error, error_description, message } = body ?? {};
  const description = [error_description, message].find((text) => typeof text === 'string' && text !== '');
  return new VendingError({
    ...originOf(response),
    error: typeof error === 'string' ? oneLine(error) : undefined,
    description: typeof description === 'string' ? oneLine(description) : 'The endpoint gave no reason.',
    retryAfterSeconds: readRetryAfter(response),
  });
}

function invalidResponse(response: Response, description: string): VendingError {
  return new VendingError({ ...originOf(response), error: 'invalid_response', description });
}

function originOf({ status, headers }: Response): { status: number; requestId: string | undefined } {
  // A REST API's header, or an HTTP API's.
  return { status, requestId: headers.get('x-amzn-requestid') ?? headers.get('apigw-requestid') ?? undefined };
}

function readRetryAfter({ headers }: Response): number | undefined {
  const text = headers.get('retry-after') ?? '';
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}

/** The body as far as it is one of ours: undefined when it is larger. */
async function readText(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the rest.
    if (bytes > maxAnswerBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The parser's own error would quote what it could not parse: perhaps a token. */
function parseObject(text: string | undefined): Json | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

function isTokenAnswer(body: Json | undefined): body is TokenAnswer {
  if (body === undefined) return false;
  const { access_token, token_type, expires_in, scope } = body;
  return (
    typeof access_token === 'string' &&
    access_token !== '' &&
    typeof token_type === 'string' &&
    (expires_in === undefined || (Number.isFinite(expires_in) && Number(expires_in) >= 0)) &&
    (scope === undefined || typeof scope === 'string')
  );
}

function isRejection(text: string | null): text is Rejection {
  return text === 'replaced' || text === 'unknown' || text === 'kept';
}
