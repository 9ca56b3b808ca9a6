const maxRetryAfterSeconds = 300;

/**
 * Reads a `Retry-After` header (RFC 9110 §10.2.3: seconds or an HTTP date) as whole seconds, at least 1 and at most
 * 300: an absurd value must not silence a provider for a day. Anything unreadable counts as not given.
 */
export function parseRetryAfterSeconds(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const value = header.trim();
  let seconds = Number.NaN;
  if (/^\d+$/.test(value)) seconds = Number(value);
  // Date.parse alone would find a date in almost anything.
  else if (value.endsWith(' GMT')) seconds = Math.ceil((Date.parse(value) - nowMs) / 1000);
  if (Number.isNaN(seconds)) return undefined;
  return Math.min(Math.max(seconds, 1), maxRetryAfterSeconds);
}
