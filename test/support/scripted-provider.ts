import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { listenOnLoopback, readBody } from '../../local/loopback-server.ts';

export interface ReceivedRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Script = (response: ServerResponse, request: ReceivedRequest, count: number) => void | Promise<void>;

export interface ScriptedProvider {
  readonly tokenUrl: string;
  readonly requests: readonly ReceivedRequest[];
  /** From now on it answers like this. */
  answerWith(script: Script): void;
  close(): Promise<void>;
}

/** A token endpoint over a real socket that answers as the test says; at first a new token each time. */
export async function startScriptedProvider(): Promise<ScriptedProvider> {
  const requests: ReceivedRequest[] = [];
  let script: Script = answerToken();
  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await readBody(incoming, 1024 * 1024))?.toString('utf8') ?? '';
    const request = { method: incoming.method, url: incoming.url, headers: incoming.headers, body };
    requests.push(request);
    await script(response, request, requests.length);
  }
  const server = await listenOnLoopback(serve);
  return {
    tokenUrl: `${server.url}/token`,
    requests,
    answerWith(next) {
      script = next;
    },
    close: server.close,
  };
}

/** Answers `token-1`, `token-2`, …, with these other fields. */
export function answerToken(fields: object = { token_type: 'Bearer', expires_in: 3600 }): Script {
  return (response, _request, count) =>
    answerJson(200, { access_token: `token-${count}`, ...fields })(response, _request, count);
}

export function answerJson(status: number, body: unknown, headers: Record<string, string> = {}): Script {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}
