import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { asVendError, type VendError } from '../../shared/runtime/errors.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { providerNamePattern } from '../../shared/settings/provider-settings.ts';
import type { Vended } from '../vend.ts';
import type { Health } from './response.ts';

type VendLog = MiddlewareObj<APIGatewayProxyEvent, Vended | Health, Error, Context, { startedAtMs?: number }>;

/**
 * A middleware that writes one line a vend: who asked, for what, what came of it. Every field is named here; nothing is
 * taken over whole, and a token appears as its fingerprint only.
 */
export function vendLog(log: Log, now: () => number): VendLog {
  return {
    before: (request) => {
      request.internal.startedAtMs = now();
    },
    after: ({ event, internal, response }) => {
      if (response?.kind !== 'vended') return;
      const { token, source, expiresInSeconds, refreshError } = response;
      log({
        level: refreshError === undefined ? 'info' : 'warn',
        message: 'vend',
        ...callerFields(event),
        status: 200,
        source,
        fingerprint: token.fingerprint,
        secretVersion: token.secretVersionId,
        secondsLeft: expiresInSeconds,
        milliseconds: Math.round(now() - (internal.startedAtMs ?? now())),
        ...(refreshError === undefined ? undefined : errorFields(refreshError)),
      });
    },
    onError: ({ event, internal, error }) => {
      const vendError = asVendError(error);
      log({
        level: vendError.status >= 500 ? 'error' : 'warn',
        message: 'vend',
        ...callerFields(event),
        status: vendError.status,
        milliseconds: Math.round(now() - (internal.startedAtMs ?? now())),
        ...errorFields(vendError),
      });
    },
  };
}

type LogFields = Readonly<Record<string, string | number | undefined>>;

/** What the log says of an error: our own words and numbers. */
export function errorFields(error: VendError): LogFields {
  return { error: error.code, reason: error.reason, ...error.details };
}

function callerFields(event: APIGatewayProxyEvent | null): LogFields {
  const context = event?.requestContext;
  const provider = event?.pathParameters?.['provider'];
  return {
    requestId: context?.requestId,
    callerArn: context?.identity?.userArn ?? undefined,
    callerAccount: context?.identity?.accountId ?? undefined,
    // Anything else in the path is not a provider's name but whatever the caller made up.
    provider: provider !== undefined && providerNamePattern.test(provider) ? provider : undefined,
  };
}
