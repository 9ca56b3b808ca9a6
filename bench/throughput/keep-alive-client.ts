import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';

export interface PreparedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface KeepAliveClient {
  /** Sends the request and reads all of the answer. @throws Error that says what it was, where it is not 200 */
  send(): Promise<void>;
  close(): void;
}

/** Sends one and the same request over and over, on as many connections as requests are in flight. */
export function createKeepAliveClient({ method, url, headers }: PreparedRequest): KeepAliveClient {
  const agent = new Agent({ keepAlive: true });

  async function send(): Promise<void> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      httpRequest(url, { method, headers, agent }, resolve).on('error', reject).end();
    });
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    if (response.statusCode !== 200) throw new Error(`A request was answered ${response.statusCode}: ${text}`);
  }

  return { send, close: () => agent.destroy() };
}
