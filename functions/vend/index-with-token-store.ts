import './connect-early.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { createFunctionDeps } from '../shared/runtime/function-deps.ts';
import { early } from './connect-early.ts';
import { createVendingFunction } from './handler.ts';
import { createDynamoDbClient } from './tokens/token-store/dynamodb-client.ts';
import { createShareTokens } from './tokens/token-store/shared-obtain.ts';

const { config, http } = early;

/** What Lambda runs instead of `index.ts` where the settings name a token store. */
export const { handler, preload } = createVendingFunction({
  ...createFunctionDeps(early),
  version: packageJson.version,
  shareTokens: config.tokenStore && createShareTokens(createDynamoDbClient(http.send), config.tokenStore.table),
});
