import { credentialsKind } from '../../shared/secrets/client-credentials.ts';
import type { Provider } from '../../shared/settings/provider-settings.ts';
import type { SecretRead, SecretReader } from './secret-reader.ts';

/** Reads one version of a provider's credentials; undefined where there is none of the kind. */
export type CredentialSource = (secrets: SecretReader, provider: Provider) => Promise<SecretRead | undefined>;

/** Where credentials come from, in the order in which they are tried. */
export const credentialSources: readonly CredentialSource[] = [
  (secrets, provider) => secrets.read(provider.secretId, credentialsKind(provider)),
  (secrets, provider) => secrets.readAfresh(provider.secretId, credentialsKind(provider)),
  (secrets, provider) => secrets.readStage(provider.secretId, credentialsKind(provider), 'AWSPENDING'),
  (secrets, provider) => secrets.readStage(provider.secretId, credentialsKind(provider), 'AWSPREVIOUS'),
];
