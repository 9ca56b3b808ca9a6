import { setImmediate } from 'node:timers/promises';
import type { TokenStore } from '../../local/token-table/token-store.ts';
import { startBenchTokenStore } from '../backends/contestant-environment.ts';
import { type Forwarded, respond, startFaultProxy } from '../backends/fault-proxy.ts';
import { startWatchedBackends, type WatchedBackends } from '../backends/watched-backends.ts';
import { loadCopy } from '../instance-copies.ts';
import { buildVendEvent, type LambdaHandler, type ProxyResult } from '../lambda-call.ts';
import { DayAccount, type DayCounts } from './day-account.ts';
import type { JumpingClock } from './jumping-clock.ts';
import { createRouting } from './routing.ts';

export interface DayOptions {
  /** The bundle. */
  readonly file: string;
  /** Takes the instances' settings. */
  readonly directory: string;
  readonly requestsPerSecond: number;
  readonly instances: number;
  /** Whether the instances share tokens through a table. */
  readonly hasTokenStore: boolean;
  readonly daySeconds: number;
  readonly tokenLifetimeSeconds: number;
}

const seed = 7;
const functionTimeoutMs = 15_000;
/** After so many vends the event loop turns. */
const vendsPerBatch = 1000;

/** Runs a day on copies of the bundle in this process, whose clock is the one given. */
export async function runDay(options: DayOptions, clock: JumpingClock): Promise<DayCounts> {
  const account = new DayAccount(options.tokenLifetimeSeconds * 1000);
  const store = options.hasTokenStore ? await startCountedStore(account) : undefined;
  const backends = await startDayBackends(options, account, clock, store?.tokenStore);
  try {
    const handlers: LambdaHandler[] = [];
    for (let number = 0; number < options.instances; number += 1) {
      handlers.push(await loadCopy(options.file, backends.environmentOf(String(number))));
    }
    await vendAllDay(handlers, options, account, clock);
  } finally {
    await Promise.all([backends.close(), store?.close()]);
  }
  return account.counts;
}

/** A table whose requests the account counts. */
async function startCountedStore(account: DayAccount): ReturnType<typeof startBenchTokenStore> {
  const store = await startBenchTokenStore();
  const { endpoint, table } = store.tokenStore;
  const proxy = await startFaultProxy(endpoint, async ({ operation = '', bytes, response, forward }) => {
    account.tableAsked(operation, bytes);
    respond(response, await forward());
  });
  return {
    tokenStore: { endpoint: `${proxy.url}/counted`, table },
    async close() {
      await Promise.all([proxy.close(), store.close()]);
    },
  };
}

function startDayBackends(
  { tokenLifetimeSeconds, directory }: DayOptions,
  account: DayAccount,
  clock: JumpingClock,
  tokenStore: TokenStore | undefined,
): Promise<WatchedBackends> {
  const watch = {
    exchangeAsked: () => account.exchangeAsked(),
    exchangeAnswered(_instance: string, answer: Forwarded) {
      const token = tokenIn(answer.status, answer.body);
      if (token !== undefined) account.tokenIssued(token, clock.nowMs);
    },
    secretRead: () => account.secretRead(),
  };
  // No limit: in a second that stands still, any number of requests looks like a rush.
  const requestsPerSecond = Number.POSITIVE_INFINITY;
  return startWatchedBackends({
    watch,
    now: () => clock.nowMs,
    requestsPerSecond,
    tokenLifetimeSeconds,
    directory,
    tokenStore,
  });
}

async function vendAllDay(
  handlers: readonly LambdaHandler[],
  { requestsPerSecond, instances, daySeconds }: DayOptions,
  account: DayAccount,
  clock: JumpingClock,
): Promise<void> {
  const event = buildVendEvent();
  const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => functionTimeoutMs };
  const route = createRouting(instances, seed);
  const startMs = clock.nowMs;
  for (let index = 0; index < daySeconds * requestsPerSecond; index += 1) {
    clock.nowMs = startMs + (index * 1000) / requestsPerSecond;
    const handler = handlers[route()];
    const answer: ProxyResult | undefined = await handler?.(event, context);
    account.vendAnswered(tokenIn(answer?.statusCode, answer?.body), clock.nowMs);
    if (index % vendsPerBatch === 0) await setImmediate();
  }
}

function tokenIn(status: number | undefined, body = ''): string | undefined {
  return status === 200 ? (JSON.parse(body) as { access_token: string }).access_token : undefined;
}
