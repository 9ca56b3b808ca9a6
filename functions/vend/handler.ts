import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { createExchange } from '../shared/exchange/exchange.ts';
import type { FunctionDeps } from '../shared/runtime/function-deps.ts';
import { createLog, type Log } from '../shared/runtime/log.ts';
import { createMetricFields } from '../shared/runtime/metrics.ts';
import { limitCallers } from './http/caller-limit.ts';
import { asVendError } from './http/errors.ts';
import { type InvocationIds, withExchangeLog } from './http/exchange-log.ts';
import { parseRequest } from './http/request.ts';
import { errorResponse, type Health, healthResponse, tokenResponse } from './http/response.ts';
import { vendLog } from './http/vend-log.ts';
import { createPreload, type Preload } from './preload.ts';
import { ClientVerdicts } from './tokens/client-verdicts.ts';
import {
  credentialAgeRecord,
  fallbackRecord,
  staleSecretRecord,
  storeFailureRecord,
} from './tokens/credentials-log.ts';
import { createObtainToken } from './tokens/obtain-token.ts';
import { RetryAfter } from './tokens/retry-after.ts';
import { SecretReader } from './tokens/secret-reader.ts';
import type { ShareTokens } from './tokens/share-tokens.ts';
import { TokenCache } from './tokens/token-cache.ts';
import { createVend, type Vended } from './vend.ts';

export interface VendingFunctionDeps extends FunctionDeps {
  /** Of this software, for `/health`. */
  readonly version: string;
  /** Undefined where each instance obtains its own tokens. */
  readonly shareTokens?: ShareTokens | undefined;
}

export type Handler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/** Kept back from the invocation's time, so that an error still reaches the caller as an answer. */
const answerReserveMs = 500;

export interface VendingFunction {
  readonly handler: Handler;
  readonly preload: Preload;
}

/** Wires the function. What it holds in memory (tokens, secrets, back-offs) lives as long as this. */
export function createVendingFunction(deps: VendingFunctionDeps): VendingFunction {
  const { http, now, wallClock, random, sleep, version } = deps;
  const { providers } = deps.config;
  const log = createLog(deps.write, deps.config.logLevel, wallClock);
  let invocation: InvocationIds | undefined;
  /** For lines that belong to an invocation but are written where it is not known. */
  const invocationLog: Log = (record) => log({ ...invocation, ...record });
  const metric = createMetricFields(deps.functionName, wallClock);
  const secrets = new SecretReader({
    client: deps.secretsManager,
    now,
    onStale: (error) => invocationLog(staleSecretRecord(error, metric)),
    onRead: (current) => invocationLog(credentialAgeRecord(current, metric)),
  });
  const retryAfter = new RetryAfter({ now, random, sleep });
  const verdicts = new ClientVerdicts(now);
  const exchange = createExchange({ send: http.send, now, wallClock, random });
  const obtainToken = createObtainToken({
    secrets,
    exchange: withExchangeLog(exchange, { log, metric, invocation: () => invocation, now }),
    retryAfter,
    verdicts,
    connect: http.connect,
    obtainDefault: (provider) => tokens.slot(provider, provider.scopes.default).load(),
    onFallback: (fallback) => invocationLog(fallbackRecord(fallback, metric)),
    now,
    random,
    sleep,
  });
  const onStoreFailure = (errorName: string) => invocationLog(storeFailureRecord(errorName, metric));
  const common = { secrets, verdicts, retryAfter, onStoreFailure, now, random, sleep };
  const tokens: TokenCache = new TokenCache(deps.shareTokens?.(obtainToken, common) ?? obtainToken, { now, random });
  const vend = createVend({ providers, tokens, retryAfter, now });
  // middy's own early timeout would cost a timer and an abort signal a request; vends keep their deadline themselves.
  const handler = middy({ timeoutEarlyInMillis: 0 })
    .use(httpAnswer)
    .use(vendLog(log, now))
    .handler(async (event: APIGatewayProxyEvent, context: Context): Promise<Vended | Health> => {
      const request = parseRequest(event);
      if (request.kind === 'health') return { kind: 'health', version };
      // An instance runs one invocation at a time.
      invocation = { lambdaRequestId: context.awsRequestId, requestId: event.requestContext?.requestId };
      const startedAtMs = now();
      const deadlineMs = startedAtMs + context.getRemainingTimeInMillis() - answerReserveMs;
      return vend(request, { startedAtMs, deadlineMs });
    }) as unknown as Handler;
  const limited = limitCallers(handler, deps.config.callerLimit, { log, metric, now });
  return { handler: limited, preload: createPreload({ providers: providers.values(), vend, log, now }) };
}

/** The outermost middleware: turns any outcome into an HTTP answer. */
const httpAnswer: middy.MiddlewareObj<APIGatewayProxyEvent, unknown> = {
  after: (request) => {
    const outcome = request.response as Vended | Health;
    request.response = outcome.kind === 'health' ? healthResponse(outcome) : tokenResponse(outcome);
  },
  onError: (request) => {
    request.response = errorResponse(asVendError(request.error));
  },
};
