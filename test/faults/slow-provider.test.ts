import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { HttpError, type HttpResponse, type Send } from '../../functions/shared/runtime/http-client.ts';
import { parseProviders } from '../../functions/shared/settings/config.ts';
import { createVendingFunction } from '../../functions/vend/handler.ts';
import { buildContext, buildVendEvent } from '../support/rest-event.ts';

// A simulation in virtual time: one instance, one vend at a time, a provider that needs its time for every answer. The network
// and Secrets Manager are stand-ins here, because virtual time does not reach through a socket.

const latenciesSeconds = [0.1, 1, 4, 5, 6, 8, 10, 12];
const lifetimesSeconds = [30, 60, 120, 300, 3600];
const invocationMs = 15_000;

interface Simulation {
  readonly latencySeconds: number;
  readonly lifetimeSeconds: number;
  /** Until when every exchange is answered with 503. */
  readonly burstSeconds: number;
  /** Between two vends the instance is frozen, and connections do not survive it. */
  readonly isFrozenBetween: boolean;
}

interface Outcome {
  readonly atSeconds: number;
  readonly status: number;
  readonly expiresInSeconds: number;
}

beforeEach(() => {
  jest.useFakeTimers({ now: Date.UTC(2026, 0, 1), doNotFake: ['nextTick', 'queueMicrotask', 'performance'] });
});

afterEach(() => {
  jest.useRealTimers();
});

async function simulate(simulation: Simulation): Promise<readonly Outcome[]> {
  const { latencySeconds, lifetimeSeconds, burstSeconds, isFrozenBetween } = simulation;
  const startMs = Date.now();
  const running = new Set<(error: Error) => void>();
  const send: Send = (_request, timeoutMs) =>
    new Promise<HttpResponse>((resolve, reject) => {
      const end = (settle: () => void) => () => {
        running.delete(reject);
        settle();
      };
      running.add(reject);
      const isBurst = Date.now() - startMs < burstSeconds * 1000;
      const body = isBurst ? {} : { access_token: `t${Date.now()}`, expires_in: lifetimeSeconds };
      const response = { status: isBurst ? 503 : 200, headers: {}, body: Buffer.from(JSON.stringify(body)) };
      setTimeout(
        end(() => resolve(response)),
        latencySeconds * 1000,
      );
      setTimeout(
        end(() => reject(new HttpError('timeout'))),
        timeoutMs,
      );
    });
  const { handler } = createVendingFunction({
    config: {
      providers: parseProviders({ slow: { tokenUrl: 'https://login.example.com/token', secretId: 's' } }, 'providers'),
      logLevel: 'info',
    },
    secretsManager: {
      send: async () => ({ SecretString: '{"client_id":"a","client_secret":"b"}', VersionId: 'v1' }),
    },
    http: { send, connect: () => {} },
    now: Date.now,
    wallClock: Date.now,
    random: () => 0.5,
    sleep: (ms) => new Promise((resolve) => void setTimeout(resolve, ms)),
    write: () => {},
    functionName: 'the-function',
    version: '1.2.3',
  });

  const outcomes: Outcome[] = [];
  const endMs = startMs + 3 * Math.max(lifetimeSeconds, 60) * 1000;
  while (Date.now() < endMs) {
    if (isFrozenBetween) for (const reject of running) reject(new HttpError('connection_failed', 'ECONNRESET'));
    const call = handler(buildVendEvent('slow'), buildContext(invocationMs));
    let isDone = false;
    call.finally(() => {
      isDone = true;
    });
    for (let step = 0; !isDone && step < 200; step += 1) await jest.advanceTimersByTimeAsync(100);
    const { statusCode, body } = await call;
    const { expires_in = 0 } = JSON.parse(body);
    outcomes.push({ atSeconds: (Date.now() - startMs) / 1000, status: statusCode, expiresInSeconds: expires_in });
    await jest.advanceTimersByTimeAsync((lifetimeSeconds * 1000) / 40);
  }
  return outcomes;
}

describe.each(latenciesSeconds)('a provider that needs %d s for every answer', (latencySeconds) => {
  describe.each(lifetimesSeconds)('and gives tokens of %d s', (lifetimeSeconds) => {
    test.each([false, true])('serves every vend for ever (frozen between vends: %p)', async (isFrozenBetween) => {
      const outcomes = await simulate({ latencySeconds, lifetimeSeconds, burstSeconds: 0, isFrozenBetween });
      expect(outcomes.filter(({ status }) => status !== 200)).toEqual([]);
    });

    test('serves every vend again after a burst of 503s', async () => {
      const burstSeconds = 10;
      const outcomes = await simulate({ latencySeconds, lifetimeSeconds, burstSeconds, isFrozenBetween: false });
      // The back-off of the last failure, an exchange, and the time between two vends.
      const recoveredSeconds = burstSeconds + latencySeconds + 30 + latencySeconds + lifetimeSeconds / 40;
      const late = outcomes.filter(({ atSeconds, status }) => status !== 200 && atSeconds > recoveredSeconds);
      expect(late).toEqual([]);
      expect(outcomes.at(-1)?.status).toBe(200);
    });
  });
});
