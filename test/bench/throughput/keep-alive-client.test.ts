import { expect, test } from '@jest/globals';
import { createKeepAliveClient } from '../../../bench/throughput/keep-alive-client.ts';
import { listenOnLoopback } from '../../../local/loopback-server.ts';

test('sends the same request on the same connection, and says what an answer was that is not 200', async () => {
  const statuses = [200, 200, 403];
  const seen: unknown[] = [];
  const server = await listenOnLoopback(async (request, response) => {
    seen.push([request.method, request.headers.authorization, request.socket.remotePort]);
    response.writeHead(statuses[seen.length - 1] ?? 500).end('Signature expired');
  });
  const headers = { authorization: 'signed' };
  const client = createKeepAliveClient({ method: 'POST', url: `${server.url}/v1/tokens/prove`, headers });
  await client.send();
  await client.send();
  await expect(client.send()).rejects.toThrow('A request was answered 403: Signature expired');
  expect(seen).toEqual(Array.from({ length: 3 }, () => ['POST', 'signed', expect.any(Number)]));
  expect(new Set(seen.map((request) => String(request))).size).toBe(1);
  client.close();
  await server.close();
});
