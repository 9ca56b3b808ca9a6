export type Fetch = typeof globalThis.fetch;
export type FetchInput = Parameters<Fetch>[0];

export function urlOf(input: FetchInput): URL {
  return new URL(input instanceof Request ? input.url : input);
}

/** Whether a redirect led to another origin, where the token did not go along: fetch takes it off. */
export function isAnsweredElsewhere(response: Response, input: FetchInput): boolean {
  return response.redirected && new URL(response.url).origin !== urlOf(input).origin;
}
