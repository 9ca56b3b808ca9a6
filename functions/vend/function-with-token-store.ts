import packageJson from '../../package.json' with { type: 'json' };
import { createFunctionDeps } from '../shared/runtime/function-deps.ts';
import { createVendingFunction } from './handler.ts';
import type { CreateFunction } from './load-while-connecting.ts';
import { createDynamoDbClient } from './tokens/token-store/dynamodb-client.ts';
import { createShareTokens } from './tokens/token-store/shared-obtain.ts';

/** The function of environments whose instances share tokens. */
export const createFunction: CreateFunction = async (early, turn) => {
  await turn();
  const deps = createFunctionDeps(early);
  await turn();
  const { config, http } = early;
  const shareTokens = config.tokenStore && createShareTokens(createDynamoDbClient(http.send), config.tokenStore.table);
  return createVendingFunction({ ...deps, version: packageJson.version, shareTokens });
};
