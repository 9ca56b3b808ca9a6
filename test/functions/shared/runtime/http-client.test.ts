import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  createHttpClient,
  HttpError,
  type HttpRequest,
  type Send,
} from '../../../../functions/shared/runtime/http-client.ts';
import { createFakeClock, type FakeClock } from '../../../support/fake-clock.ts';
import { answerJson, type ScriptedProvider, startScriptedProvider } from '../../../support/scripted-provider.ts';

let server: ScriptedProvider;
let send: Send;
let connect: (url: string) => void;
let clock: FakeClock;
let request: HttpRequest;

beforeEach(async () => {
  server = await startScriptedProvider();
  clock = createFakeClock();
  ({ send, connect } = createHttpClient(clock.now));
  request = { url: server.tokenUrl, headers: { 'content-type': 'text/plain' }, body: 'ä' };
});

afterEach(async () => {
  await server.close();
});

async function failure(timeoutMs = 5_000): Promise<unknown> {
  const error = await send(request, timeoutMs).catch((thrown: unknown) => thrown);
  return error instanceof HttpError ? error.failure : error;
}

describe('send', () => {
  test('hands over method, headers and body, and gives back status, headers and bytes', async () => {
    server.answerWith(answerJson(201, { ok: true }, { 'x-test': 'a' }));
    const response = await send(request, 5_000);
    expect([response.status, response.headers['x-test'], response.body.toString()]).toEqual([201, 'a', '{"ok":true}']);
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      url: '/token',
      headers: { 'content-type': 'text/plain', 'content-length': '2', 'accept-encoding': 'identity' },
      body: 'ä',
    });
  });

  test('does not follow a redirect', async () => {
    server.answerWith((response) => {
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect((await send(request, 5_000)).status).toBe(307);
    expect(server.requests).toHaveLength(1);
  });

  test('reads 64 KiB and not a byte more', async () => {
    server.answerWith((response) => {
      response.end('x'.repeat(64 * 1024));
    });
    expect((await send(request, 5_000)).body).toHaveLength(64 * 1024);
    server.answerWith((response) => {
      response.end('x'.repeat(64 * 1024 + 1));
    });
    expect(await failure()).toBe('answer_too_large');
  });

  test('stops reading an answer that never ends', async () => {
    server.answerWith((response) => {
      const drip = setInterval(() => response.write('x'), 5);
      response.once('close', () => clearInterval(drip));
    });
    expect(await failure(50)).toBe('timeout');
  });

  test('refuses an answer that is compressed although that was not asked for', async () => {
    server.answerWith((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('x');
    });
    expect(await failure()).toBe('answer_encoded');
  });

  test('calls an answer that breaks off a failed connection', async () => {
    server.answerWith((response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('half');
      setImmediate(() => response.destroy());
    });
    expect(await failure()).toBe('connection_failed');
  });

  test('keeps a connection, and fails where the provider has closed it meanwhile', async () => {
    const ports = new Set<number | undefined>();
    server.answerWith((response, asked, count) => {
      ports.add(response.socket?.remotePort);
      if (count < 3) answerJson(200, {})(response, asked, count);
      else response.destroy();
    });
    await send(request, 5_000);
    await send(request, 5_000);
    expect(await failure()).toBe('connection_failed');
    expect([server.requests.length, ports.size]).toEqual([3, 1]);
  });
});

describe('connect', () => {
  /** A server that counts its connections and answers every request. */
  async function startCounting() {
    let connections = 0;
    const counting = createServer((_request, response) => response.end());
    const connected = new Promise<void>((resolve) => {
      counting.on('connection', () => {
        connections += 1;
        resolve();
      });
    });
    await new Promise<void>((resolve) => counting.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(counting.address() as AddressInfo).port}/token`;
    return {
      url,
      connected,
      count: () => connections,
      close: () => {
        counting.closeAllConnections();
        counting.close();
      },
    };
  }

  test('opens the connection that the next request takes, and no second one', async () => {
    const counting = await startCounting();
    connect(counting.url);
    connect(counting.url);
    await counting.connected;
    expect((await send({ ...request, url: counting.url }, 5_000)).status).toBe(200);
    expect(counting.count()).toBe(1);
    counting.close();
  });

  test('opens one that is not used after 5 s: the other side may be gone when a frozen instance wakes up', async () => {
    const counting = await startCounting();
    connect(counting.url);
    await counting.connected;
    clock.advanceSeconds(5);
    expect((await send({ ...request, url: counting.url }, 5_000)).status).toBe(200);
    expect(counting.count()).toBe(2);
    counting.close();
  });

  test('that comes to nothing leaves no trace', async () => {
    const counting = await startCounting();
    counting.close();
    connect(counting.url);
    const error = await send({ ...request, url: counting.url }, 5_000).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ failure: 'connection_failed', networkCode: 'ECONNREFUSED' });
    connect(server.tokenUrl);
    expect((await send(request, 5_000)).status).toBe(200);
  });
});
