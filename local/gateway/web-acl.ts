import {
  callerOverLimitAnswer,
  requestsPerWindow,
  sessionHeader,
  windowSeconds,
} from '../../infra/api/web-acl-limits.ts';
import type { ProxyResult } from './proxy-result.ts';
import type { SignedRequest } from './signed-request.ts';

/**
 * The web ACL that a stack can create (`infra/api/caller-web-acl.ts`). As AWS WAF it counts blocked requests too, so a session
 * that goes on hammering stays blocked. Unlike AWS WAF it counts exactly and at once; all local callers have one address.
 */
export class WebAcl {
  readonly #limit: number;
  readonly #now: () => number;
  /** Session token, or '' → when its last requests came, as many as the limit. */
  readonly #requestsAtMs = new Map<string, number[]>();

  /** @param now milliseconds */
  constructor(limit: { readonly requestsPerSecond: number; readonly burst: number }, now: () => number) {
    this.#limit = requestsPerWindow(limit);
    this.#now = now;
  }

  /** Counts a request, and says how it is refused, if it is. */
  judge({ headers }: Pick<SignedRequest, 'headers'>): ProxyResult | undefined {
    const session = headers.get(sessionHeader)?.[0] ?? '';
    const requestsAtMs = this.#requestsAtMs.get(session) ?? [];
    this.#requestsAtMs.set(session, requestsAtMs);
    const nowMs = this.#now();
    requestsAtMs.push(nowMs);
    if (requestsAtMs.length <= this.#limit) return undefined;
    const [oldestMs = nowMs] = requestsAtMs.splice(0, 1);
    if (nowMs - oldestMs >= windowSeconds * 1000) return undefined;
    const { status, headers: own, body } = callerOverLimitAnswer;
    return { status, headers: { 'content-type': 'application/json', ...own }, body };
  }
}
