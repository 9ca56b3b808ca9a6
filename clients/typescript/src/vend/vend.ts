import { setTimeout as sleep } from 'node:timers/promises';
import type { Runtime } from '../clock.ts';
import { VendingError } from '../vending-error.ts';
import { readAnswer, type Vended } from './answer.ts';
import { nextRetryMs, type Retries } from './retries.ts';
import type { SendSigned } from './send-signed.ts';

/** What is asked of `POST /tokens/{provider}`. */
export interface VendRequest {
  readonly provider: string;
  /** Space-separated; empty for the provider's default. */
  readonly scope: string;
  readonly minTtlSeconds: number;
  /** The fingerprint of a token that the provider's API refused. */
  readonly rejectedTokenSha256?: string;
}

/** Who waits for the answer decides how long. */
export interface Patience {
  readonly signal: AbortSignal;
  /** Whether any caller still waits after such a pause. The others get the error. */
  canWait(pauseMs: number, error: unknown): boolean;
}

export interface VendedAt extends Vended {
  /** When the request was sent, by the clock that ages tokens: a token's life is counted from there. */
  readonly sentAtMs: number;
  readonly sentAtWallMs: number;
}

export type Vend = (request: VendRequest, patience: Patience) => Promise<VendedAt>;

const form = 'application/x-www-form-urlencoded';

/** One vend, with its retries. It throws a VendingError, or the signal's reason. */
export function createVend(endpointUrl: string, sendSigned: SendSigned, runtime: Runtime): Vend {
  async function vendOnce(request: VendRequest, signal: AbortSignal): Promise<VendedAt> {
    const [sentAtMs, sentAtWallMs] = [runtime.age(), runtime.wall()];
    const url = new URL(`${endpointUrl}/tokens/${encodeURIComponent(request.provider)}`);
    try {
      const response = await sendSigned({ method: 'POST', url, body: formOf(request), contentType: form, signal });
      return { ...(await readAnswer(response)), sentAtMs, sentAtWallMs };
    } catch (error) {
      throw signal.aborted || error instanceof VendingError ? error : networkError(error);
    }
  }

  return async function vend(request, patience) {
    const retries: Retries = { hasWaitedAsTold: false, hasTriedAgain: false };
    // Ends at the third attempt: each kind of retry is had once.
    for (;;) {
      try {
        return await vendOnce(request, patience.signal);
      } catch (error) {
        const pauseMs = nextRetryMs(error, retries, runtime.random);
        if (pauseMs === undefined || !patience.canWait(pauseMs, error)) throw error;
        await sleep(pauseMs, undefined, { signal: patience.signal }).catch(() => patience.signal.throwIfAborted());
      }
    }
  };
}

function formOf({ scope, minTtlSeconds, rejectedTokenSha256 }: VendRequest): string {
  const fields = new URLSearchParams({ grant_type: 'client_credentials' });
  if (scope !== '') fields.set('scope', scope);
  if (minTtlSeconds > 0) fields.set('min_ttl', String(minTtlSeconds));
  if (rejectedTokenSha256 !== undefined) fields.set('rejected_token_sha256', rejectedTokenSha256);
  return fields.toString();
}

/**
 * fetch says `fetch failed`; why, says its cause. Of any other error nothing is passed on: it may quote a header.
 */
function networkError(error: unknown): VendingError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? cause?.name ?? 'the request cannot be sent';
  const description = `The vending service cannot be reached (${code}).`;
  return new VendingError({ error: 'network_error', description }, { cause });
}
