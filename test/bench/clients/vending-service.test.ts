import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startVendingService, type VendingService } from '../../../bench/clients/vending-service.ts';

let service: VendingService;

beforeEach(async () => {
  service = await startVendingService(60);
});

afterEach(() => service.close());

async function vend(rejected?: string) {
  const body = new URLSearchParams(rejected === undefined ? {} : { rejected_token_sha256: sha256(rejected) });
  const response = await fetch(`${service.endpoint}/tokens/prove`, { method: 'POST', body });
  const { access_token, expires_in } = (await response.json()) as { access_token: string; expires_in: number };
  return { access_token, expires_in, rejection: response.headers.get('x-token-rejection') };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

test('the stand-in for the service vends, replaces the token held when it is reported, and keeps it otherwise', async () => {
  const first = await vend();
  expect(first).toEqual({ access_token: 'token-1', expires_in: 60, rejection: null });
  const second = await vend(first.access_token);
  expect(second).toMatchObject({ access_token: 'token-2', rejection: 'replaced' });
  expect(await vend(first.access_token)).toMatchObject({ access_token: 'token-2', rejection: 'unknown' });
  expect([service.requests, service.reports]).toEqual([3, 2]);
});
