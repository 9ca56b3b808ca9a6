/** Temporary credentials: it stands in every request of a role's session, and is the same for as long as the session lives. */
export const sessionHeader = 'x-amz-security-token';

/** The shortest window over which AWS WAF counts: https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html */
export const windowSeconds = 60;

/** What a caller within its limit can send in a window, from a full bucket. AWS WAF takes no limit below 10. */
export function requestsPerWindow(limit: { readonly requestsPerSecond: number; readonly burst: number }): number {
  return Math.max(10, limit.requestsPerSecond * windowSeconds + limit.burst);
}

/**
 * The answer of the web ACL that the stack creates. Its counts fall within half a minute after a caller has slowed down.
 * https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based-caveats.html
 */
export const callerOverLimitAnswer = {
  status: 429,
  headers: { 'cache-control': 'no-store', pragma: 'no-cache', 'retry-after': '30' },
  body: JSON.stringify({
    error: 'temporarily_unavailable',
    error_description: 'This caller sends far more requests than it may; keep tokens for their expires_in.',
  }),
} as const;
