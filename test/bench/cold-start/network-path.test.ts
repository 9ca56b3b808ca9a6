import { type Duplex, duplexPair } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { beforeEach, expect, test } from '@jest/globals';
import { joinOverNetwork } from '../../../bench/cold-start/network-path.ts';

const roundTripMs = 30;

let nowMs: number;
let timers: { readonly atMs: number; readonly action: () => void }[];
let client: Duplex;
let server: Duplex;
/** What arrived where, and when. */
let arrived: string[];

beforeEach(() => {
  [nowMs, timers, arrived] = [0, [], []];
  const [clientEnd, clientSide] = duplexPair();
  const [serverEnd, serverSide] = duplexPair();
  [client, server] = [clientEnd, serverEnd];
  for (const [name, end] of Object.entries({ client, server })) {
    end.on('data', (chunk: Buffer) => arrived.push(`${nowMs}: ${chunk} at the ${name}`));
    end.on('end', () => arrived.push(`${nowMs}: the end at the ${name}`));
  }
  const schedule = (action: () => void, ms: number) => timers.push({ atMs: nowMs + ms, action });
  joinOverNetwork(clientSide, serverSide, roundTripMs, { now: () => nowMs, schedule });
});

/** One turn of the event loop brings a chunk from one end of a pair to the other. */
async function passUntil(untilMs: number): Promise<void> {
  await setImmediate();
  for (; nowMs < untilMs; nowMs += 1) await runDueTimers();
  await runDueTimers();
}

async function runDueTimers(): Promise<void> {
  const due = timers.filter(({ atMs }) => atMs <= nowMs);
  timers = timers.filter(({ atMs }) => atMs > nowMs);
  for (const { action } of due) action();
  await setImmediate();
}

test('bytes sent at once wait for the TCP handshake: one round trip, then their own way', async () => {
  client.write('hello');
  await passUntil(100);
  expect(arrived).toEqual(['45: hello at the server']);
});

test('bytes sent during the handshake leave at its end, in order', async () => {
  client.write('one');
  await passUntil(20);
  client.write('two');
  await passUntil(29);
  client.write('three');
  await passUntil(31);
  client.write('four');
  await passUntil(100);
  expect(arrived).toEqual([
    '45: one at the server',
    '45: two at the server',
    '45: three at the server',
    '46: four at the server',
  ]);
});

test('on a connection opened early, a request and its answer take one round trip', async () => {
  await passUntil(60);
  client.write('request');
  await passUntil(75);
  expect(arrived).toEqual(['75: request at the server']);
  server.write('answer');
  await passUntil(100);
  expect(arrived.slice(1)).toEqual(['90: answer at the client']);
});

test('both directions keep order and pauses, and the end comes last', async () => {
  await passUntil(50);
  for (const word of ['a', 'b', 'c']) {
    client.write(word);
    server.write(word.toUpperCase());
    await passUntil(nowMs + 4);
  }
  client.end();
  server.end();
  await passUntil(100);
  expect(arrived.filter((line) => line.endsWith('server'))).toEqual([
    '65: a at the server',
    '69: b at the server',
    '73: c at the server',
    '77: the end at the server',
  ]);
  expect(arrived.filter((line) => line.endsWith('client'))).toEqual([
    '65: A at the client',
    '69: B at the client',
    '73: C at the client',
    '77: the end at the client',
  ]);
});

test('a timer that fires early changes nothing', async () => {
  await passUntil(50);
  client.write('request');
  await setImmediate();
  nowMs = 64.5;
  for (const { action } of timers.splice(0)) action();
  await setImmediate();
  expect(arrived).toEqual([]);
  nowMs = 65;
  await runDueTimers();
  expect(arrived).toEqual(['65: request at the server']);
});
