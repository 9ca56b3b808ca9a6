import type { Account } from './accounting.ts';
import { instanceOf, type Proxied, respond } from './fault-proxy.ts';
import type { ProviderFault } from './script.ts';

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

/** What the proxy before the token server does with a request, by fault. */
export function createProviderFaults({ account, now, sleep }: ProviderFaultDeps): Record<ProviderFault, Answer> {
  async function healthy(proxied: Proxied, arrivedAtMs: number): Promise<void> {
    const answer = await proxied.forward();
    const { access_token: token } = JSON.parse(answer.body) as { access_token?: string };
    if (token !== undefined) account.tokenIssued(token, arrivedAtMs);
    respond(proxied.response, answer);
  }

  function askToWait({ path, response }: Proxied, status: number, retryAfter: string, untilMs: number): void {
    account.askedToWait(instanceOf(path), untilMs);
    // A server that says a date says by which clock, too.
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
    // The proxy does not listen then; who was faster is hung up on.
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

/** Who follows a 307 sends its client secret along to wherever it leads: here to a page that counts. */
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
