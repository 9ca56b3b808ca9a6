import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { region } from '../gateway/callers.ts';
import { createTokenTable } from './create-token-table.ts';

/** Where the vending function's instances share their tokens; in `stack.json`, too. */
export interface TokenStore {
  readonly endpoint: string;
  readonly table: string;
}

export interface TokenStoreOptions {
  /** Use this DynamoDB instead of an embedded one. */
  readonly url?: string | undefined;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Is told what does not keep the stack from starting. */
  readonly onWarning: (warning: string) => void;
}

const table = 'token-vending-local';
/** For a DynamoDB that is not ours; without a store the function does as it does in AWS. */
const requestTimeoutMs = 3_000;

/** @returns the store and what ends it */
export async function startTokenStore({ url, credentials, onWarning }: TokenStoreOptions): Promise<{
  readonly tokenStore: TokenStore;
  readonly close: () => Promise<void>;
}> {
  const { endpoint, close } = url === undefined ? await startTableProcess() : { endpoint: url, close: async () => {} };
  const requestHandler = { requestTimeout: requestTimeoutMs, connectionTimeout: requestTimeoutMs };
  const client = new DynamoDBClient({ endpoint, region, credentials, maxAttempts: 1, requestHandler });
  try {
    await createTokenTable(client, table);
  } catch (error) {
    const { name, message, code } = error as NodeJS.ErrnoException;
    onWarning(
      `The token store at ${endpoint} cannot be used (${name}: ${message || code}). ` +
        'Until it can, each instance obtains its own tokens.',
    );
  } finally {
    client.destroy();
  }
  return { tokenStore: { endpoint, table }, close };
}

async function startTableProcess(): Promise<{ readonly endpoint: string; readonly close: () => Promise<void> }> {
  const child = fork(join(import.meta.dirname, 'table-process.ts'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  const [endpoint] = await Promise.race([
    once(child, 'message') as Promise<[string]>,
    ended.then(() => Promise.reject(new Error('The process of the token table has ended.'))),
  ]);
  return {
    endpoint,
    async close() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
