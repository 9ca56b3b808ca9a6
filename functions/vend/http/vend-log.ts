import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import type { Log } from '../../shared/runtime/log.ts';
import { providerNamePattern } from '../../shared/settings/patterns.ts';
import type { Vended } from '../vend.ts';
import { readCaller } from './caller.ts';
import { asVendError, describeError, errorFields } from './errors.ts';
import type { Health } from './response.ts';

type VendLog = MiddlewareObj<APIGatewayProxyEvent, Vended | Health, Error, Context, { startedAtMs?: number }>;

/**
 * A middleware that writes one log line per vend: who asked for what, and what came of it. Every field is named here; nothing
 * is copied as a whole, and a token appears only as its fingerprint.
 */
export function vendLog(log: Log, now: () => number): VendLog {
  return {
    before: (request) => {
      request.internal.startedAtMs = now();
    },
    after: ({ event, context, internal, response }) => {
      if (response?.kind !== 'vended') return;
      const { token, source, rejection, expiresInSeconds, refreshError } = response;
      log({
        // Written whatever the log level: a metric counts them.
        level: source === 'memory-stale' ? 'warn' : 'info',
        message: 'vend',
        lambdaRequestId: context?.awsRequestId,
        ...callerFields(event),
        status: 200,
        source,
        rejection,
        fingerprint: token.fingerprint,
        secretVersion: token.secretVersionId,
        secondsLeft: expiresInSeconds,
        milliseconds: Math.round(now() - (internal.startedAtMs ?? now())),
        ...(refreshError === undefined ? undefined : errorFields(refreshError)),
      });
    },
    onError: ({ event, context, internal, error }) => {
      const vendError = asVendError(error);
      const { status } = describeError(vendError);
      log({
        level: status >= 500 ? 'error' : 'warn',
        message: 'vend',
        lambdaRequestId: context?.awsRequestId,
        ...callerFields(event),
        status,
        milliseconds: Math.round(now() - (internal.startedAtMs ?? now())),
        ...errorFields(vendError),
      });
    },
  };
}

type LogFields = Readonly<Record<string, string | number | undefined>>;

function callerFields(event: APIGatewayProxyEvent | null): LogFields {
  const caller = readCaller(event);
  const provider = event?.pathParameters?.['provider'];
  return {
    requestId: event?.requestContext?.requestId,
    callerArn: caller.arn,
    callerAccount: caller.account,
    // Anything else in the path is not a provider's name but text that the caller made up.
    provider: provider !== undefined && providerNamePattern.test(provider) ? provider : undefined,
  };
}
