import { setImmediate } from 'node:timers/promises';
import { buildContext, buildVendEvent } from '../../test/support/rest-event.ts';
import type { Forwarded } from '../faults/fault-proxy.ts';
import { loadCopy } from '../instance-copies.ts';
import type { LambdaHandler, ProxyResult } from '../lambda-handler.ts';
import { startWatchedBackends, type WatchedBackends } from '../watched-backends.ts';
import { DayAccount, type DayCounts } from './day-account.ts';
import type { JumpingClock } from './jumping-clock.ts';
import { createRouting } from './routing.ts';

export interface DayOptions {
  /** The bundle. */
  readonly file: string;
  readonly requestsPerSecond: number;
  readonly instances: number;
  readonly daySeconds: number;
  readonly tokenLifetimeSeconds: number;
}

const seed = 7;
/** After so many vends the event loop turns. */
const vendsABatch = 1000;

/** Runs a day against copies of the bundle that are loaded here, by the clock that all of this process goes by. */
export async function runDay(options: DayOptions, clock: JumpingClock): Promise<DayCounts> {
  const account = new DayAccount(options.tokenLifetimeSeconds * 1000);
  const backends = await startDayBackends(options, account, clock);
  try {
    const handlers: LambdaHandler[] = [];
    for (let number = 0; number < options.instances; number += 1) {
      handlers.push(await loadCopy(options.file, backends.environmentOf(String(number))));
    }
    await vendAllDay(handlers, options, account, clock);
  } finally {
    await backends.close();
  }
  return account.counts;
}

function startDayBackends(
  { tokenLifetimeSeconds }: DayOptions,
  account: DayAccount,
  { now }: JumpingClock,
): Promise<WatchedBackends> {
  const watch = {
    exchangeAsked: () => account.exchangeAsked(),
    exchangeAnswered(_instance: string, answer: Forwarded) {
      const token = tokenIn(answer.status, answer.body);
      if (token !== undefined) account.tokenIssued(token, now());
    },
    secretRead: () => account.secretRead(),
  };
  // The day has no rush in it; a second that stands still would look like one.
  return startWatchedBackends({ watch, now, requestsPerSecond: Number.POSITIVE_INFINITY, tokenLifetimeSeconds });
}

async function vendAllDay(
  handlers: readonly LambdaHandler[],
  { requestsPerSecond, instances, daySeconds }: DayOptions,
  account: DayAccount,
  clock: JumpingClock,
): Promise<void> {
  const [event, context] = [buildVendEvent('prove'), buildContext()];
  const route = createRouting(instances, seed);
  const startMs = clock.now();
  for (let index = 0; index < daySeconds * requestsPerSecond; index += 1) {
    clock.set(startMs + (index * 1000) / requestsPerSecond);
    const handler = handlers[route()];
    const answer: ProxyResult | undefined = await handler?.(event, context);
    account.vendAnswered(tokenIn(answer?.statusCode, answer?.body), clock.now());
    if (index % vendsABatch === 0) await setImmediate();
  }
}

function tokenIn(status: number | undefined, body = ''): string | undefined {
  return status === 200 ? (JSON.parse(body) as { access_token: string }).access_token : undefined;
}
