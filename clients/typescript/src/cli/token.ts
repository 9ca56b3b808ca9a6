import type { VendingClient } from '../vending-client.ts';

export interface TokenCommand {
  readonly provider: string;
  readonly scope: string | undefined;
  readonly minTtlSeconds: number;
  readonly isJson: boolean;
}

/** @returns what to print */
export async function printToken(client: VendingClient, command: TokenCommand): Promise<string> {
  const { provider, scope, minTtlSeconds, isJson } = command;
  const token = await client.getToken(provider, { scope, minTtlSeconds });
  if (!isJson) return `${token.accessToken}\n`;
  const expires_at = token.expiresAt?.toISOString() ?? null;
  return `${JSON.stringify({ ...token.answer, expires_at }, undefined, 2)}\n`;
}
