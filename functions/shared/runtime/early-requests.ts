import type { ClientRequest } from 'node:http';

/** An instance may be frozen for any time after it has opened a connection, and the other side may be gone by then. */
export const earlyRequestMs = 5_000;

/**
 * Requests that are opened before it is known what to send, so that the connection is there when it is. One a URL. What
 * fails meanwhile is forgotten: whoever sends opens a request of its own, and finds out.
 */
export class EarlyRequests {
  readonly #requests = new Map<string, { readonly request: ClientRequest; readonly openedAtMs: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param open connects and sends nothing yet */
  add(url: string, open: (url: string) => ClientRequest): void {
    if (this.#requests.has(url)) return;
    const request = open(url);
    const forget = () => {
      if (this.#requests.get(url)?.request === request) this.#requests.delete(url);
    };
    request.on('error', forget).once('close', forget);
    this.#requests.set(url, { request, openedAtMs: this.#now() });
  }

  /** Hands over a request that is still good. */
  take(url: string): ClientRequest | undefined {
    const early = this.#requests.get(url);
    if (early === undefined) return undefined;
    this.#requests.delete(url);
    if (this.#now() - early.openedAtMs < earlyRequestMs) return early.request;
    early.request.destroy();
    return undefined;
  }
}
