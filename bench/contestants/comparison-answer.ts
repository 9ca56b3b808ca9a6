export interface ProxyAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers in the contract's form, so that only how a token is come by differs; whatever is thrown is a 502. */
export async function answerWith(obtain: () => Promise<{ token: string; source: string }>): Promise<ProxyAnswer> {
  try {
    const { token, source } = await obtain();
    const body = JSON.stringify({ access_token: token, token_type: 'Bearer' });
    return { statusCode: 200, headers: { 'x-token-source': source }, body };
  } catch (error) {
    return { statusCode: 502, headers: {}, body: JSON.stringify({ error: describe(error) }) };
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return error.name === 'Error' ? error.message : error.name;
}

/** What a handler answers that does nothing. */
export const emptyAnswer: ProxyAnswer = { statusCode: 200, headers: {}, body: '{}' };
