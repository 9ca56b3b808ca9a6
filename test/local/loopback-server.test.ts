import { connect } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { type LoopbackServer, listenOnLoopback, readBody } from '../../local/loopback-server.ts';

const servers: LoopbackServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

async function listen(...parameters: Parameters<typeof listenOnLoopback>): Promise<LoopbackServer> {
  const server = await listenOnLoopback(...parameters);
  servers.push(server);
  return server;
}

test('a body up to the limit is read completely, a larger one not at all', async () => {
  const { url } = await listen(async (request, response) => {
    const body = await readBody(request, 5);
    response.end(body === undefined ? 'too large' : body);
  });
  const texts = ['', '12345', '123456', 'x'.repeat(1_000_000)].map(async (body) => {
    return (await fetch(url, { method: 'POST', body })).text();
  });
  expect(await Promise.all(texts)).toEqual(['', '12345', 'too large', 'too large']);
});

test('a port that is taken is an error', async () => {
  const { url } = await listen(async () => {});
  await expect(listen(async () => {}, Number(new URL(url).port))).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('a client that disconnects before its body is sent does no harm', async () => {
  const failed = Promise.withResolvers<unknown>();
  const { url } = await listen(async (request, response) => {
    await readBody(request, 100).catch((error: unknown) => {
      failed.resolve(error);
      throw error;
    });
    response.end('served');
  });
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf', () => socket.destroy());
  expect(await failed.promise).toMatchObject({ code: 'ECONNRESET' });
  expect(await (await fetch(url)).text()).toBe('served');
});

test('closing ends open connections, and can be done twice', async () => {
  const reached = Promise.withResolvers<void>();
  const server = await listen(async () => reached.resolve());
  const waiting = expect(fetch(server.url)).rejects.toThrow('fetch failed');
  await reached.promise;
  await Promise.all([server.close(), server.close()]);
  await waiting;
});
