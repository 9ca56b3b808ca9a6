import type { ServerResponse } from 'node:http';
import { listenOnLoopback, readBody } from '../../local/loopback-server.ts';

/** @param forward answers as the table does @param operation such as `GetItem` */
export type TableScript = (
  response: ServerResponse,
  forward: () => Promise<void>,
  operation: string,
) => void | Promise<void>;

export interface FaultyTable {
  readonly url: string;
  /** How many requests have come. */
  readonly requests: () => number;
  /** From now on every request gets this answer; undefined: the table's. */
  failWith(script: TableScript | undefined): void;
  close(): Promise<void>;
}

/** A proxy in front of a table's server, which answers for it as the test says. */
export async function startFaultyTable(tableUrl: string): Promise<FaultyTable> {
  let script: TableScript | undefined;
  let requests = 0;
  const { url, close } = await listenOnLoopback(async (incoming, response) => {
    requests += 1;
    const body = (await readBody(incoming, 1024 * 1024)) ?? Buffer.alloc(0);
    const target = String(incoming.headers['x-amz-target']);
    const authorization = String(incoming.headers.authorization);
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target, authorization };
    const forward = async (): Promise<void> => {
      const date = { 'x-amz-date': String(incoming.headers['x-amz-date']) };
      const answer = await fetch(tableUrl, {
        method: 'POST',
        headers: { ...headers, ...date },
        body: new Uint8Array(body),
      });
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(await answer.text());
    };
    await (script === undefined ? forward() : script(response, forward, target.split('.').pop() ?? ''));
  });
  return {
    url,
    requests: () => requests,
    failWith(next) {
      script = next;
    },
    close,
  };
}

/** An error as DynamoDB sends it. */
export const refuseAsTable =
  (status: number, name: string): TableScript =>
  (response) => {
    response
      .writeHead(status, { 'content-type': 'application/x-amz-json-1.0' })
      .end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'canary' }));
  };
