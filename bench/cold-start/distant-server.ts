import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { createServer as createTlsServer } from 'node:tls';
import type { Certificate } from './certificates.ts';
import { systemNowMs } from './load-start.ts';
import { joinOverNetwork } from './network-path.ts';

export interface DistantServerOptions {
  readonly certificate: Certificate;
  readonly roundTripMs: number;
}

/**
 * Puts TLS in front of a server on loopback, and a network in front of both: the TLS handshake crosses it too.
 *
 * @returns its `https:` origin, which works until the process ends
 */
export async function startDistantServer(origin: string, options: DistantServerOptions): Promise<string> {
  const tlsPort = await listen(
    createTlsServer({ ...options.certificate, noDelay: true }, (decrypted) => {
      const upstream = connectTo(Number(new URL(origin).port));
      pipeline(decrypted, upstream, decrypted).catch(ignoreHangUp);
    }),
  );
  const port = await listen(
    createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
      joinOverNetwork(client, connectTo(tlsPort), options.roundTripMs, { now: systemNowMs, schedule: setTimeout });
    }),
  );
  return `https://127.0.0.1:${port}`;
}

function connectTo(port: number) {
  return connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
}

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

function ignoreHangUp(): void {}
