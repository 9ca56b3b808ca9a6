import type { ClientVerdicts } from './client-verdicts.ts';
import type { RetryAfter } from './retry-after.ts';
import type { SecretReader } from './secret-reader.ts';
import type { ObtainFor } from './token-cache.ts';

export interface ShareTokensDeps {
  readonly secrets: SecretReader;
  readonly verdicts: ClientVerdicts;
  readonly retryAfter: RetryAfter;
  /** Called with the error's name when the token store cannot be used. */
  readonly onStoreFailure: (errorName: string) => void;
  /** Milliseconds since 1970; never goes back. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Puts a fleet's token store before what obtains tokens. Where no store is configured, there is none of its code either. */
export type ShareTokens = (obtainFor: ObtainFor, deps: ShareTokensDeps) => ObtainFor;
