import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import { startVendingFunction, type VendingFunction } from '../support/vending-function.ts';

// A token endpoint with an untrusted certificate, as an attacker on the network path would show.

let impostor: Server;
let connections = 0;
let requests = 0;
let vending: VendingFunction;

beforeAll(async () => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }]);
  impostor = createServer({ key, cert }, (_request, response) => {
    requests += 1;
    response.end('{"access_token":"stolen","expires_in":3600}');
  });
  impostor.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve));
  vending = await startVendingFunction(`https://localhost:${(impostor.address() as AddressInfo).port}/token`);
});

afterAll(async () => {
  await vending.close();
  impostor.close();
});

test('an untrusted certificate ends the exchange before anything is sent, without a retry', async () => {
  const { status, body } = await vending.vend();
  expect([status, body.error]).toEqual([503, 'temporarily_unavailable']);
  expect(vending.lastLog()).toMatchObject({ reason: 'tls_failed', networkCode: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  expect([connections, requests]).toEqual([1, 0]);
});
