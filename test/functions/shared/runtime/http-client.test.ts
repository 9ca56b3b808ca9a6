import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  createHttpClient,
  HttpError,
  type HttpRequest,
  judgeNetworkError,
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
  test('sends method, headers and body, and returns status, headers and bytes', async () => {
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

  test('refuses a compressed answer, which it did not ask for', async () => {
    server.answerWith((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('x');
    });
    expect(await failure()).toBe('answer_encoded');
  });

  test('reports an answer that breaks off as a failed connection', async () => {
    server.answerWith((response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('half');
      setImmediate(() => response.destroy());
    });
    expect(await failure()).toBe('connection_failed');
  });

  test('keeps a connection, and fails if the provider has closed it', async () => {
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

  test('opens one that is not used after 5 s, because the other side may be gone when a frozen instance wakes up', async () => {
    const counting = await startCounting();
    connect(counting.url);
    await counting.connected;
    clock.advanceSeconds(5);
    expect((await send({ ...request, url: counting.url }, 5_000)).status).toBe(200);
    expect(counting.count()).toBe(2);
    counting.close();
  });

  test('that fails leaves no trace', async () => {
    const counting = await startCounting();
    counting.close();
    connect(counting.url);
    const error = await send({ ...request, url: counting.url }, 5_000).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ failure: 'connection_failed', networkCode: 'ECONNREFUSED' });
    connect(server.tokenUrl);
    expect((await send(request, 5_000)).status).toBe(200);
  });
});

describe('a connection that was opened early and is stale', () => {
  test('does not stand in the way of a new one', async () => {
    connect(server.tokenUrl);
    clock.advanceSeconds(5);
    connect(server.tokenUrl);
    server.answerWith(answerJson(200, {}));
    expect((await send(request, 5_000)).status).toBe(200);
  });
});

describe('a server that breaks the rules', () => {
  /** A TCP server that does this with each connection. */
  async function listen(onConnection: (socket: Socket) => void) {
    const tcp = createTcpServer((socket) => {
      socket.on('error', () => {});
      onConnection(socket);
    });
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(tcp.address() as AddressInfo).port}/token`;
    const sockets = new Set<Socket>();
    tcp.on('connection', (socket) => sockets.add(socket));
    return {
      url,
      close: async () => {
        for (const socket of sockets) socket.destroy();
        await new Promise((resolve) => tcp.close(resolve));
      },
    };
  }
  const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';

  test.each([
    [
      '101 Switching Protocols',
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
      'answer_malformed',
    ],
    ['100 Continue and nothing more', 'HTTP/1.1 100 Continue\r\n\r\n', 'connection_failed'],
    ['nothing at all', '', 'connection_failed'],
  ])('%s is a failure at once', async (_name, bytes, expected) => {
    const tcp = await listen((socket) => socket.once('data', () => socket.end(bytes)));
    request = { ...request, url: tcp.url };
    expect(await failure()).toBe(expected);
    await tcp.close();
  });

  test('is given up if it speaks first on a connection that was opened early', async () => {
    let connections = 0;
    const spoken = Promise.withResolvers<void>();
    const tcp = await listen((socket) => {
      connections += 1;
      if (connections > 1) return void socket.once('data', () => socket.end(ok));
      socket.write(ok, () => spoken.resolve());
    });
    connect(tcp.url);
    await spoken.promise;
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect((await send({ ...request, url: tcp.url }, 5_000)).status).toBe(200);
    expect(connections).toBe(2);
    await tcp.close();
  });

  test('gets a result or an error within its time, whatever it sends, also on a connection that was opened early', async () => {
    const piece = fc.oneof(
      fc.constantFrom('HTTP/1.1 200 OK\r\n', 'HTTP/1.1 101 X\r\n', 'HTTP/1.1 103 X\r\n\r\n', 'HTTP/1.0 204 X\r\n'),
      fc.constantFrom(
        'content-length: 5\r\n',
        'transfer-encoding: chunked\r\n',
        'upgrade: x\r\nconnection: upgrade\r\n',
      ),
      fc.constantFrom('connection: close\r\n', '\r\n', '5\r\nhello\r\n', '0\r\n\r\n', 'hello', ok),
      fc.string({ unit: 'binary', maxLength: 20 }),
    );
    const stream = fc.record({ pieces: fc.array(piece, { maxLength: 8 }), ends: fc.boolean(), isEarly: fc.boolean() });
    const speaksFirst = fc.boolean();
    await fc.assert(
      fc.asyncProperty(stream, speaksFirst, async ({ pieces, ends, isEarly }, first) => {
        const speak = (socket: Socket) => {
          for (const text of pieces) socket.write(text);
          if (ends) socket.end();
        };
        const tcp = await listen((socket) => (first ? speak(socket) : socket.once('data', () => speak(socket))));
        if (isEarly) connect(tcp.url);
        const outcome = await send({ ...request, url: tcp.url }, 60).then(
          ({ status }) => status,
          (error: unknown) => (error instanceof HttpError ? error.failure : error),
        );
        await tcp.close();
        return typeof outcome === 'number' || typeof outcome === 'string';
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 60), seed: 1 },
    );
  });
});

describe('a kept connection', () => {
  test('is used again, unless it has been idle for more than 4 s', async () => {
    const ports: (number | undefined)[] = [];
    const keeping = createServer((incoming, response) => {
      ports.push(incoming.socket.remotePort);
      response.end('{}');
    });
    await new Promise<void>((resolve) => keeping.listen(0, '127.0.0.1', resolve));
    request = { ...request, url: `http://127.0.0.1:${(keeping.address() as AddressInfo).port}/` };
    const sendAgain = async () => {
      await send(request, 5_000);
      // Only then does Node put the connection back.
      await new Promise((resolve) => setImmediate(resolve));
    };
    await sendAgain();
    clock.advanceSeconds(4);
    await sendAgain();
    clock.advanceSeconds(4.001);
    await sendAgain();
    expect([ports[0] === ports[1], ports[1] === ports[2]]).toEqual([true, false]);
    keeping.closeAllConnections();
    await new Promise((resolve) => keeping.close(resolve));
  });

  test('whose other end has vanished silently costs no request its time', async () => {
    const sockets: Socket[] = [];
    const vanishing = createTcpServer((socket) => {
      sockets.push(socket);
      // Answers once, then behaves like a NAT gateway that has forgotten the connection.
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'));
      socket.on('error', () => {});
    });
    await new Promise<void>((resolve) => vanishing.listen(0, '127.0.0.1', resolve));
    request = { ...request, url: `http://127.0.0.1:${(vanishing.address() as AddressInfo).port}/` };
    await send(request, 5_000);
    await new Promise((resolve) => setImmediate(resolve));
    clock.advanceSeconds(60);
    expect((await send(request, 5_000)).status).toBe(200);
    expect(sockets).toHaveLength(2);
    clock.advanceSeconds(60);
    expect((await send(request, 5_000)).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => vanishing.close(resolve));
  });
});

test('a refused connection to a host with several addresses is a failed connection, not a matter of TLS', async () => {
  // Node's error has a code there, but no system call.
  const error = Object.assign(new AggregateError([new Error('ECONNREFUSED ::1:443')]), { code: 'ECONNREFUSED' });
  expect(judgeNetworkError(error, 'https:')).toBe('connection_failed');
});
