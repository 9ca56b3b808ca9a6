import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Provider } from '../../../shared/settings/provider-settings.ts';
import type { ShareTokens, ShareTokensDeps } from '../share-tokens.ts';
import type { ObtainFor } from '../token-cache.ts';
import { SharedToken } from './shared-token.ts';
import { StoreAccess, type StoreLimits } from './store-access.ts';
import { TokenTable } from './token-table.ts';

export interface SharedObtainDeps extends ShareTokensDeps {
  readonly table: TokenTable;
  readonly access: StoreAccess;
}

/**
 * Obtains tokens for a whole fleet: looks for the fleet's token first, and of those who find none one exchanges for all. Where
 * the table cannot be used, each instance obtains its own, as without it.
 */
export function createShareTokens(
  client: Pick<DynamoDBClient, 'send'>,
  tableName: string,
  limits?: StoreLimits,
): ShareTokens {
  return function shareTokens(obtainFor, common): ObtainFor {
    const { now, onStoreFailure: onFailure } = common;
    const access = new StoreAccess({ now, onFailure, limits });
    const deps = { ...common, access, table: new TokenTable(client, tableName) };
    return function sharedObtainFor(provider: Provider, scopes) {
      const token = new SharedToken(deps, provider, scopes, obtainFor(provider, scopes));
      return (deadline, isFirstTry, wanted) => token.obtain(deadline, isFirstTry, wanted);
    };
  };
}
