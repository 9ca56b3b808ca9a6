import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port of 127.0.0.1 for a server that cannot choose one itself. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('There is no free port on 127.0.0.1');
  return address.port;
}
