import { withTrialScopes } from '../shared/exchange/trial-scopes.ts';
import { type Reason, TokenError } from '../shared/runtime/errors.ts';
import type { Provider } from '../shared/settings/provider-settings.ts';
import type { ApiAnswer } from './api-client.ts';
import type { Ask } from './ask.ts';
import { failed, type Probe, passed, type Verdict } from './probe-result.ts';
import { errorCodeOf, type JudgedAnswer, judgeTokenAnswer, type TokenSource } from './token-answer.ts';

/**
 * The scopes with which each provider without default scopes last gave a token. A try that the provider refuses costs a
 * failed vend, so it is not repeated every run.
 */
export class WorkingScopes {
  readonly #byProvider = new Map<string, readonly string[]>();

  of({ name }: Provider): readonly string[] | undefined {
    return this.#byProvider.get(name);
  }

  remember({ name }: Provider, scopes: readonly string[]): void {
    this.#byProvider.set(name, scopes);
  }

  forget({ name }: Provider): void {
    this.#byProvider.delete(name);
  }
}

const keptSources: ReadonlySet<TokenSource> = new Set(['memory', 'memory-stale', 'shared']);

/**
 * How often a provider is asked again until an answer is not an exchange. Each of a fleet's instances obtains its own first
 * token, so that one exchange after another proves nothing while new instances answer; nine in a row do.
 */
const maxFurtherAsks = 8;

/** Vends a token as a caller does, then again: the second one must come from memory or from the fleet's store. */
export function createTokenProbe(ask: Ask, provider: Provider, working: WorkingScopes): Probe {
  const judge = (answer: ApiAnswer) => judgeTokenAnswer(answer, provider.expose);
  const vend = (scopes: readonly string[], deadlineMs: number) =>
    ask({ method: 'POST', path: `/tokens/${provider.name}`, body: formOf(scopes), signature: 'right' }, deadlineMs);

  /** The first answer, with the scopes that it took. */
  async function findScopes(deadlineMs: number): Promise<{ first: JudgedAnswer; scopes: readonly string[] }> {
    const known = working.of(provider);
    if (known !== undefined) return { first: judge(await vend(known, deadlineMs)), scopes: known };
    let tried: { first: JudgedAnswer; scopes: readonly string[] } | undefined;
    const attempt = async (scopes: readonly string[]) => {
      const answer = await vend(scopes, deadlineMs);
      tried = { first: judge(answer), scopes };
      throwIfAnotherScopeMayHelp(answer);
      return tried;
    };
    return withTrialScopes(provider, attempt).catch((error: unknown) => {
      if (error instanceof TokenError && tried !== undefined) return tried;
      throw error;
    });
  }

  async function run(deadlineMs: number): Promise<Verdict> {
    const { first, scopes } = await findScopes(deadlineMs);
    if (!first.isToken) {
      working.forget(provider);
      return failed(first.fault);
    }
    working.remember(provider, scopes);
    for (let asked = 0; asked < maxFurtherAsks; asked += 1) {
      const again = judge(await vend(scopes, deadlineMs));
      if (!again.isToken) return failed(`asked again: ${again.fault}`);
      const detail = `${first.source}, ${first.expiresInSeconds} s left; then ${again.source}`;
      if (keptSources.has(again.source)) return passed(detail);
    }
    return failed(`not kept: none of ${maxFurtherAsks + 1} answers in a row came from memory or the store`);
  }

  return { name: `vend ${provider.name}`, run };
}

function formOf(scopes: readonly string[]): string {
  return scopes.length === 0 ? '' : new URLSearchParams({ scope: scopes.join(' ') }).toString();
}

/** What the provider may have said to the scopes only, as far as the vending service tells. */
const scopeReasons: Readonly<Record<string, Reason>> = {
  invalid_scope: 'scope_refused',
  provider_rejected_credentials: 'credentials_refused',
  provider_error: 'unexpected_status',
};

/** @throws TokenError as `withTrialScopes` expects it */
function throwIfAnotherScopeMayHelp({ status, body }: ApiAnswer): void {
  const reason = status === 200 ? undefined : scopeReasons[errorCodeOf(body) ?? ''];
  if (reason !== undefined) throw new TokenError(reason);
}
