import { fingerprintOf } from '../../shared/exchange/access-token.ts';
import { asTokenError, isSecretReason } from '../../shared/runtime/errors.ts';
import type { Log } from '../../shared/runtime/log.ts';
import { RotationError } from '../rotation-error.ts';
import { parseRevocationEvent, type RevocationEvent } from './revocation-event.ts';
import type { Revocation, Revoke } from './revoke.ts';

/** For the operator's command: an outcome in any case, because an error of Lambda's would hide why. */
export type RevocationResult =
  | ({ readonly outcome: 'done' } & Revocation)
  | { readonly outcome: 'failed'; readonly error: string; readonly description: string };

/** Writes one line per revocation, whatever the log level. The token appears in it only as its fingerprint. */
export function createHandleRevocation(revoke: Revoke, log: Log, now: () => number) {
  return async function handleRevocation(rawEvent: unknown, deadlineMs: number): Promise<RevocationResult> {
    const startedAtMs = now();
    let event: RevocationEvent | undefined;
    const write = (fields: Readonly<Record<string, string | number>>) =>
      log({
        level: 'warn',
        message: 'revocation',
        ...fields,
        provider: event?.provider,
        fingerprint: event && fingerprintOf(event.token),
        milliseconds: Math.round(now() - startedAtMs),
      });
    try {
      event = parseRevocationEvent(rawEvent);
      const revocation = await revoke(event, deadlineMs);
      write({ outcome: 'done', ...describe(revocation) });
      return { outcome: 'done', ...revocation };
    } catch (thrown) {
      const { code: error, message: description, details } = asRevocationError(thrown);
      write({ outcome: 'failed', error, description, ...details });
      return { outcome: 'failed', error, description };
    }
  };
}

function describe({ answer, wasActive, isActive }: Revocation): Readonly<Record<string, string>> {
  return { answer, wasActive: String(wasActive ?? 'unknown'), isActive: String(isActive ?? 'unknown') };
}

function asRevocationError(thrown: unknown): RotationError {
  if (thrown instanceof RotationError) return thrown;
  const { reason, details } = asTokenError(thrown);
  let description = `The provider has not revoked the token (${reason}).`;
  if (reason === 'credentials_refused') {
    description =
      'The provider refuses the client credentials of each version of the secret, so it revokes nothing for them.';
  } else if (isSecretReason(reason)) {
    description = `The client credentials cannot be read or used (${reason}).`;
  }
  return new RotationError(reason, description, details);
}
