import { OAuth2Client } from 'google-auth-library';
import { createVendingClient } from '../../clients/typescript/src/index.ts';
import type { CachedToken } from './cached-token.ts';

// Measures the TypeScript client and its nearest peer, and sends the figures to its parent.

const calls = Number(process.argv[2]);
const client = createVendingClient();
const google = new OAuth2Client();
google.setCredentials({ access_token: 'of-a-benchmark', expiry_date: Date.now() + 86_400_000 });

const ways: Readonly<Record<string, () => Promise<unknown>>> = {
  'token-vending-client': () => client.getToken('prove'),
  'google-auth-library': () => google.getAccessToken(),
};

async function call(way: () => Promise<unknown>, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await way();
}

async function measure(name: string, way: () => Promise<unknown>): Promise<CachedToken> {
  await call(way, calls);
  const startedAt = process.hrtime.bigint();
  await call(way, calls);
  const nanosecondsPerCall = Number(process.hrtime.bigint() - startedAt) / calls;
  globalThis.gc?.();
  const counted = Math.min(calls, 100_000);
  const before = process.memoryUsage().heapUsed;
  await call(way, counted);
  return { name, nanosecondsPerCall, allocatedBytesPerCall: (process.memoryUsage().heapUsed - before) / counted };
}

const measured: CachedToken[] = [];
for (const [name, way] of Object.entries(ways)) measured.push(await measure(name, way));
process.send?.(measured, () => process.exit(0));
