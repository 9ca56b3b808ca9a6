import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** Bodies up to this size are held in memory, so that they can be sent again with another token. */
const maxRepeatableBytes = 1024 * 1024;

/** @returns undefined where there is none; a stream where it is larger, which is then sent once only */
export async function readRepeatableBody(request: IncomingMessage): Promise<Buffer | ReadableStream | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const rest = request[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (;;) {
    const { done, value } = await rest.next();
    if (done === true) return bytes === 0 ? undefined : Buffer.concat(chunks);
    chunks.push(value);
    bytes += value.length;
    if (bytes > maxRepeatableBytes) return Readable.toWeb(Readable.from(continueWith(chunks, rest))) as ReadableStream;
  }
}

async function* continueWith(chunks: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}
