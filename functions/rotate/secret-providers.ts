import type { Provider } from '../shared/settings/provider-settings.ts';
import type { SecretDescription } from './secret-versions.ts';

/** The providers whose credentials a secret holds, whether their settings name it by name or by ARN. */
export function findProviders(
  providers: Iterable<Provider>,
  { arn, name }: Pick<SecretDescription, 'arn' | 'name'>,
): readonly Provider[] {
  // An ARN without the random six characters at its end is good enough for Secrets Manager too.
  const ids = new Set([arn, name, arn.replace(/-[A-Za-z0-9]{6}$/, '')]);
  return [...providers].filter(({ secretId }) => ids.has(secretId));
}
