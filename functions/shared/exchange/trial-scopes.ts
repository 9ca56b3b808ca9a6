import { type Reason, TokenError } from '../runtime/errors.ts';
import type { Provider } from '../settings/provider-settings.ts';

/** After these the provider may still accept the same client with another scope. */
const refusals: ReadonlySet<Reason> = new Set([
  'scope_refused',
  'credentials_refused',
  'request_refused',
  'unexpected_status',
]);

/**
 * Finds scopes for which a provider gives a token when no caller has named any: the default ones. A provider without default
 * scopes may still need one, so each allowed scope is tried next, alone, until one works.
 *
 * @throws the last try's error, or at once an error that another scope would not prevent
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
