import type { RevocationResult } from '../../functions/rotate/revocation/handle-revocation.ts';
import type { Provider } from '../../functions/shared/settings/provider-settings.ts';

export type Verdict = 'revoked' | 'failed' | 'cannotBeRevoked';

export interface Judgement {
  readonly verdict: Verdict;
  /** For the operator. */
  readonly text: string;
}

/**
 * What a revocation has come to. It counts as confirmed only where the provider called the token active before and inactive
 * after: a provider may also call a token inactive that it does not know. Pure.
 */
export function judge(result: RevocationResult, { name, introspectionUrl }: Provider): Judgement {
  if (result.outcome === 'failed') {
    return { verdict: 'failed', text: `Not revoked: ${result.description}` };
  }
  const { answer, wasActive, isActive } = result;
  if (answer === 'unsupported') {
    return {
      verdict: 'cannotBeRevoked',
      text: `${name} does not revoke tokens of this kind (unsupported_token_type).`,
    };
  }
  if (introspectionUrl === undefined) {
    return {
      verdict: 'revoked',
      text: `Revoked: ${name} accepted it. Its settings have no introspectionUrl, so nothing confirms it.`,
    };
  }
  if (isActive === true) return { verdict: 'failed', text: `NOT revoked: ${name} still calls the token active.` };
  if (isActive === undefined) {
    return { verdict: 'failed', text: `Not confirmed: ${name} accepted it, but its introspection gave no answer.` };
  }
  if (wasActive === true) {
    return {
      verdict: 'revoked',
      text: `Revoked, and confirmed: ${name} called the token active before, and inactive now.`,
    };
  }
  const reason =
    wasActive === undefined
      ? 'the introspection before it failed'
      : 'it called it inactive before, too. It has expired, was revoked earlier, is not complete, or is not a token of this client';
  return { verdict: 'failed', text: `Not confirmed: ${name} calls the token inactive, but ${reason}.` };
}

/** What is left to do about a token that is, or may be, still valid. Pure. */
export function describeSteps(
  environment: string,
  provider: Provider,
  fingerprint: string,
  expiry: Date | undefined,
): string {
  const life = provider.dialect === 'prove' ? 'an hour at most after it was issued' : 'as long as the provider lets it';
  const end = expiry === undefined ? life : `until ${expiry.toISOString()}, as it says itself`;
  return `Treat the token as valid: ${end}. What to do:
  1. See who had it, and stop the leak:
       npm run trace -- --env ${environment} --fingerprint ${fingerprint}
  2. Get new client credentials from the provider and make them live, if they may have leaked with it:
       npm run rotate -- --env ${environment} --provider ${provider.name}
  3. Ask the provider to block the token, and for what was done with it, until it has expired.`;
}
