export interface HeldToken {
  readonly token: string;
  readonly expiresAtMs: number;
}

/** As it stands in a hundred README files, with a check of the status. */
export async function requestTokenByFetch(client_id: string, client_secret: string): Promise<HeldToken> {
  const response = await fetch(process.env['TOKEN_URL'] ?? '', {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret }),
  });
  if (!response.ok) throw new Error(`The provider answers ${response.status}.`);
  const { access_token, expires_in } = (await response.json()) as { access_token: string; expires_in: number };
  return { token: access_token, expiresAtMs: Date.now() + expires_in * 1000 };
}
