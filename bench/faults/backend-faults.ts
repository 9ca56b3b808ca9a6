import { instanceOf, type Proxied, respond } from '../backends/fault-proxy.ts';
import type { Account } from './accounting.ts';
import { isDefaultScope, refusedScopes } from './neighbours.ts';
import type { ProviderFault, SecretsFault } from './script.ts';

export interface ProviderFaultDeps {
  readonly account: Account;
  /** The fast clock. */
  readonly now: () => number;
  /** By the fast clock. */
  readonly sleep: (ms: number) => Promise<void>;
}

const retryAfterSeconds = 20;
const slowMs = 3_000;
const redirectPath = '/moved';

type Answer = (proxied: Proxied, arrivedAtMs: number) => Promise<void> | void;

/** What the proxy in front of the token server does with a request, by fault. */
export function createProviderFaults({ account, now, sleep }: ProviderFaultDeps): Record<ProviderFault, Answer> {
  async function healthy(proxied: Proxied, arrivedAtMs: number): Promise<void> {
    const scope = proxied.form.get('scope');
    const refused = Object.keys(refusedScopes).find((name) => scope?.split(' ').includes(name));
    if (refused !== undefined) return refuseScope(proxied, refused);
    const answer = await proxied.forward();
    const { access_token: token } = JSON.parse(answer.body) as { access_token?: string };
    if (token !== undefined && isDefaultScope(scope)) account.tokenIssued(token, arrivedAtMs);
    respond(proxied.response, answer);
  }

  function refuseScope({ response }: Proxied, scope: string): void {
    const { status = 500, error = '' } = refusedScopes[scope] ?? {};
    respond(response, json(status, { error }));
  }

  function askToWait({ path, response }: Proxied, status: number, retryAfter: string, untilMs: number): void {
    account.askedToWait(instanceOf(path), untilMs);
    // A server that names a date also says by which clock.
    const headers = { 'retry-after': retryAfter, date: new Date(now()).toUTCString() };
    respond(response, { ...json(status, { message: 'try again later' }), headers });
  }

  return {
    healthy,
    '500': ({ response }) => respond(response, json(500, { code: 8000, message: 'internal error' })),
    '429': (proxied) => askToWait(proxied, 429, String(retryAfterSeconds), now() + retryAfterSeconds * 1000),
    '503': (proxied) => {
      const date = new Date(now() + retryAfterSeconds * 1000).toUTCString();
      askToWait(proxied, 503, date, Date.parse(date));
    },
    hang: () => {},
    reset: ({ response }) => void response.socket?.resetAndDestroy(),
    // The proxy does not listen then. It hangs up on requests that came in before it stopped.
    refused: ({ response }) => void response.destroy(),
    html: ({ response }) => respond(response, { ...page, status: 502 }),
    truncated: async ({ forward, response }) => {
      const { status, headers, body } = await forward();
      respond(response, { status, headers, body: body.slice(0, body.length / 2) });
    },
    redirect: ({ path, response }) => {
      const location = `/${instanceOf(path)}${redirectPath}`;
      respond(response, { status: 307, headers: { location }, body: '' });
    },
    slow: async (proxied, arrivedAtMs) => {
      await sleep(slowMs);
      await healthy(proxied, arrivedAtMs);
    },
  };
}

/** A client that follows a 307 sends its client secret to wherever it leads: here, to a page that counts. */
export function answerRedirected(account: Account, { path, response }: Proxied): boolean {
  if (!path.endsWith(redirectPath)) return false;
  account.figures.secretsSentToRedirect += 1;
  respond(response, { ...page, status: 200 });
  return true;
}

const page = { headers: { 'content-type': 'text/html' }, body: '<html><body>Please log in.</body></html>' };

function json(status: number, body: object): { status: number; headers: Record<string, string>; body: string } {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** What the proxy in front of Secrets Manager does with a request, by fault. */
export const secretsFaults: Record<SecretsFault, (proxied: Proxied) => Promise<void> | void> = {
  healthy: async ({ forward, response }) => respond(response, await forward()),
  throttled: (proxied) => failRead(proxied, 400, 'ThrottlingException', 'Rate exceeded'),
  '500': (proxied) => failRead(proxied, 500, 'InternalServiceError', 'An error occurred on the server side.'),
  hang: () => {},
};

function failRead({ response }: Proxied, status: number, type: string, message: string): void {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': type };
  respond(response, { status, headers, body: JSON.stringify({ __type: type, message }) });
}
