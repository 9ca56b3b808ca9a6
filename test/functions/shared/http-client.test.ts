import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createSend, HttpError, type HttpRequest, type Send } from '../../../functions/shared/http-client.ts';
import { answerJson, type ScriptedProvider, startScriptedProvider } from '../../support/scripted-provider.ts';

let server: ScriptedProvider;
let send: Send;
let request: HttpRequest;

beforeEach(async () => {
  server = await startScriptedProvider();
  send = createSend();
  request = { method: 'POST', url: server.tokenUrl, headers: { 'content-type': 'text/plain' }, body: 'ä' };
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
