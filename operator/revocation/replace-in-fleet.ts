import { setTimeout } from 'node:timers/promises';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { type ApiClientOptions, createApiClient } from '../../functions/probe/api-client.ts';
import type { Provider } from '../../functions/shared/settings/provider-settings.ts';
import { OperatorError } from '../operator-error.ts';
import { readStackOutputs } from '../probe/probe-target.ts';
import { findEnvironment, readLocalStack } from '../target.ts';
import type { RevokeOptions } from './options.ts';

const timeoutMs = 20_000;
/** The service heeds one report of a token in 10 s; another within them is answered with `kept`. */
const reportCooldownMs = 11_000;

/**
 * Reports the token to the vending API, as a caller does whose API has refused it, so that nobody is handed it any more.
 *
 * @param scope of the token, if the provider has told
 * @returns a line for the operator
 */
export async function replaceInFleet(
  options: RevokeOptions,
  provider: Provider,
  fingerprint: string,
  scope: string | undefined,
): Promise<string> {
  try {
    const call = createApiClient(await findApi(options));
    const body = new URLSearchParams({
      ...chooseScope(provider, scope),
      rejected_token_sha256: fingerprint,
    }).toString();
    const path = `/tokens/${provider.name}`;
    const report = () => call({ method: 'POST', path, body, signature: 'right' }, timeoutMs);
    let { status, headers } = await report();
    if (headers.get('x-token-rejection') === 'kept') {
      await setTimeout(reportCooldownMs);
      ({ status, headers } = await report());
    }
    return describe(status, headers.get('x-token-rejection'));
  } catch (error) {
    const reason = error instanceof Error && error.message !== '' ? error.message : String(error);
    return `Not replaced in the fleet: ${reason}. ${untilReported}`;
  }
}

const untilReported = 'Any other that holds it replaces it when a caller reports it, as the clients do at a 401.';

function describe(status: number, rejection: string | null): string {
  if (status !== 200) {
    const hint = status === 403 ? ': your AWS identity may not vend tokens of this provider' : '';
    return `Not replaced in the fleet: the vending API answered ${status}${hint}. ${untilReported}`;
  }
  if (rejection === 'replaced')
    return `Replaced: the instance that answered, or with a token store the fleet, has another token. ${untilReported}`;
  if (rejection === 'kept') return 'Not replaced in the fleet: the provider gave the same token again.';
  return `The instance that answered holds another token. ${untilReported}`;
}

/** The default scopes, unless the token's are others that callers may ask for. */
function chooseScope({ scopes }: Provider, scope: string | undefined): { readonly scope?: string } {
  const named = scope?.split(' ') ?? [];
  const isOwn = named.length > 0 && named.every((name) => scopes.allowed.includes(name));
  return isOwn && scope !== undefined ? { scope } : {};
}

/** @throws OperatorError */
async function findApi({ environment, directory, endpoint }: RevokeOptions): Promise<ApiClientOptions> {
  if (environment === 'local') {
    const stack = await readLocalStack(directory);
    const credentials = stack.callers?.['orders'];
    const at = endpoint ?? stack.endpoint;
    if (credentials === undefined || at === undefined) throw new OperatorError('the local stack has no callers');
    return { endpoint: at, region: stack.region, readCredentials: async () => credentials };
  }
  const { outputs, region } = await readStackOutputs(environment, findEnvironment(environment).region);
  const at = endpoint ?? outputs.get('Endpoint');
  if (at === undefined) throw new OperatorError('the stack has no output Endpoint; name it by --endpoint');
  return { endpoint: at, region, readCredentials: fromNodeProviderChain() };
}
