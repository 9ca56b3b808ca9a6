import { Socket } from 'node:net';

// No test may connect beyond this machine: one that tries fails at once, and the error names the host.
const connect = Socket.prototype.connect;
const loopbackHosts = new Set(['127.0.0.1', 'localhost', '::1', undefined]);

Socket.prototype.connect = function connectOnLoopback(this: Socket, ...args: unknown[]): Socket {
  const [first] = args;
  // net.connect passes its normalized arguments as one array, options first.
  const options = Array.isArray(first) ? first[0] : first;
  const host = typeof options === 'object' && options !== null ? (options as { host?: string }).host : undefined;
  if (!loopbackHosts.has(host)) throw new Error(`A test tried to connect to ${host}`);
  return Reflect.apply(connect, this, args);
};
