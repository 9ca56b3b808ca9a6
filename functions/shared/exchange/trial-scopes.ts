import { type Reason, TokenError } from '../runtime/errors.ts';
import type { Provider } from '../settings/provider-settings.ts';

/** The provider refused, and may accept the same client with another scope. */
const refusals: ReadonlySet<Reason> = new Set([
  'scope_refused',
  'credentials_refused',
  'request_refused',
  'unexpected_status',
]);

/**
 * Finds scopes with which a provider gives a token, where no caller has said which: the default ones. A provider without
 * default scopes may need one all the same, so each allowed scope is tried next, alone, until one works.
 *
 * @throws the error of the last try; at once an error that no other scope would prevent
 */
export async function withTrialScopes<Result>(
  { scopes }: Pick<Provider, 'scopes'>,
  attempt: (scopes: readonly string[]) => Promise<Result>,
): Promise<Result> {
  const others = scopes.default.length > 0 ? [] : scopes.allowed.map((scope) => [scope]);
  let tried = scopes.default;
  for (;;) {
    try {
      return await attempt(tried);
    } catch (error) {
      const next = others.shift();
      const isRefusal = error instanceof TokenError && refusals.has(error.reason);
      if (next === undefined || !isRefusal) throw error;
      tried = next;
    }
  }
}
