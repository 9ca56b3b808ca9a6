import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { createExchange } from '../shared/exchange/exchange.ts';
import { asVendError } from '../shared/runtime/errors.ts';
import type { FunctionDeps } from '../shared/runtime/function-deps.ts';
import { createLog } from '../shared/runtime/log.ts';
import { createMetricFields } from '../shared/runtime/metrics.ts';
import { parseRequest } from './http/request.ts';
import { errorResponse, type Health, healthResponse, tokenResponse } from './http/response.ts';
import { errorFields, vendLog } from './http/vend-log.ts';
import { createPreload, type Preload } from './preload.ts';
import { credentialAgeRecord, fallbackRecord } from './tokens/credentials-log.ts';
import { createObtainToken } from './tokens/obtain-token.ts';
import { createSecretReader } from './tokens/secret-reader.ts';
import { TokenCache } from './tokens/token-cache.ts';
import { createVend, type Vended } from './vend.ts';

export interface VendingFunctionDeps extends FunctionDeps {
  /** Of this software; what `/health` answers. */
  readonly version: string;
}

export type Handler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/** Kept back from the invocation's time, so that an error still reaches the caller as an answer. */
const answerReserveMs = 500;

export interface VendingFunction {
  readonly handler: Handler;
  readonly preload: Preload;
}

/** Wires the function. What it holds in memory (tokens, secrets, cooldowns) lives as long as this. */
export function createVendingFunction(deps: VendingFunctionDeps): VendingFunction {
  const { http, now, random, sleep, version } = deps;
  const { providers } = deps.config;
  const log = createLog(deps.write, deps.logLevel);
  const metric = createMetricFields(deps.functionName, now);
  const secrets = createSecretReader({
    client: deps.secretsManager,
    now,
    onStale: (error) => log({ level: 'warn', message: 'secret-stale', ...errorFields(error) }),
    onRead: (current) => log(credentialAgeRecord(current, metric)),
  });
  const obtainToken = createObtainToken({
    secrets,
    exchange: createExchange({ send: http.send, now, random }),
    connect: http.connect,
    onFallback: (fallback) => log(fallbackRecord(fallback, metric)),
    now,
    random,
    sleep,
  });
  const vend = createVend({
    providers,
    tokens: new TokenCache(),
    obtainToken,
    now,
    random,
  });
  // middy's own early timeout would cost a timer and an abort signal a request; vends keep their deadline themselves.
  const handler = middy({ timeoutEarlyInMillis: 0 })
    .use(httpAnswer)
    .use(vendLog(log, now))
    .handler(async (event: APIGatewayProxyEvent, context: Context): Promise<Vended | Health> => {
      const request = parseRequest(event);
      if (request.kind === 'health') return { kind: 'health', version };
      const startedAtMs = now();
      const deadlineMs = startedAtMs + context.getRemainingTimeInMillis() - answerReserveMs;
      return vend(request, { startedAtMs, deadlineMs });
    }) as unknown as Handler;
  return { handler, preload: createPreload({ providers: providers.keys(), vend, log, now }) };
}

/** The outermost middleware: whatever came of the request, an HTTP answer. */
const httpAnswer: middy.MiddlewareObj<APIGatewayProxyEvent, unknown> = {
  after: (request) => {
    const outcome = request.response as Vended | Health;
    request.response = outcome.kind === 'health' ? healthResponse(outcome) : tokenResponse(outcome);
  },
  onError: (request) => {
    request.response = errorResponse(asVendError(request.error));
  },
};
