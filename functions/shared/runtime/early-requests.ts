import type { ClientRequest } from 'node:http';

/** An instance may be frozen for any time after it has opened a connection, and the other side may be gone by then. */
export const earlyRequestMs = 5_000;

interface EarlyRequest {
  readonly request: ClientRequest;
  readonly openedAtMs: number;
}

/**
 * Requests that are opened before it is known what to send, so that the connection is there when it is. One per URL. A
 * request that fails meanwhile, or on which the server speaks first, is forgotten: the sender opens another.
 */
export class EarlyRequests {
  readonly #requests = new Map<string, EarlyRequest>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param open connects and sends nothing yet */
  add(url: string, open: (url: string) => ClientRequest): void {
    const early = this.#requests.get(url);
    if (early !== undefined && this.#isFresh(early)) return;
    early?.request.destroy();
    const request = open(url);
    const forget = () => {
      if (this.#requests.get(url)?.request === request) this.#requests.delete(url);
      request.destroy();
    };
    request.on('error', forget).once('close', forget);
    // An answer to nothing. Without these listeners Node would throw it away, and the sender would wait for it.
    request.once('response', forget).once('upgrade', (_response, socket) => socket.destroy());
    this.#requests.set(url, { request, openedAtMs: this.#now() });
  }

  /** Hands over a request that is still good. */
  take(url: string): ClientRequest | undefined {
    const early = this.#requests.get(url);
    if (early === undefined) return undefined;
    this.#requests.delete(url);
    if (!this.#isFresh(early)) {
      early.request.destroy();
      return undefined;
    }
    early.request.removeAllListeners('response').removeAllListeners('upgrade').removeAllListeners('error');
    return early.request;
  }

  #isFresh({ request, openedAtMs }: EarlyRequest): boolean {
    return !request.destroyed && this.#now() - openedAtMs < earlyRequestMs;
  }
}
