import { type Caller, createCallers } from '../local/gateway/callers.ts';
import { buildRestEvent, matchRoute } from '../local/gateway/rest-event.ts';

/** What a function answers to API Gateway. */
export interface ProxyResult {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

export type LambdaHandler = (event: object, context: object) => Promise<ProxyResult>;

const caller = createCallers()['orders'] as Caller;
const path = '/v1/tokens/prove';
const headers = [
  ['host', 'abc.execute-api.us-east-1.amazonaws.com'],
  ['content-type', 'application/x-www-form-urlencoded'],
] as const;

/** The event of a vend, for a function that is called without a gateway. */
export function buildVendEvent(form = ''): object {
  const request = {
    method: 'POST',
    target: path,
    headers: new Map(headers.map(([name, value]) => [name, [value]])),
    rawHeaders: headers,
    body: Buffer.from(form),
  };
  const route = matchRoute(path);
  if (route === undefined) throw new Error(`The API has no path ${path}.`);
  return buildRestEvent(request, route, caller, { requestId: 'bench', nowMs: Date.now() });
}
