/** @returns a function that says whether one more request is allowed: at most `perSecond` in any second */
export function createRateLimit(perSecond: number, now: () => number): () => boolean {
  let allowedAtMs: number[] = [];
  return function allowRequest() {
    const nowMs = now();
    allowedAtMs = allowedAtMs.filter((atMs) => nowMs - atMs < 1000);
    if (allowedAtMs.length >= perSecond) return false;
    allowedAtMs.push(nowMs);
    return true;
  };
}
