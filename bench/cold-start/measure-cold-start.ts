import { accountId, region } from '../../local/gateway/callers.ts';
import { startInstance } from '../../local/lambda/instance.ts';
import { readRssKb } from '../child-process.ts';
import { buildVendEvent, type ProxyResult } from '../lambda-call.ts';
import { parseLoadStart, systemNowMs } from './load-start.ts';
import type { ColdStart, ColdStartContestant } from './rounds.ts';

export interface ColdStartSettings {
  readonly name: ColdStartContestant;
  readonly bootstrapFile: string;
  readonly codeDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Starts a process as the local stack does, with an event already waiting, as on demand in Lambda, and ends it after its
 * first answer.
 *
 * @throws Error when that answer is not a token
 */
export async function measureColdStart(settings: ColdStartSettings): Promise<ColdStart> {
  const loadStart = Promise.withResolvers<number>();
  const spawnedAtMs = systemNowMs();
  const instance = await startInstance({
    codeDirectory: settings.codeDirectory,
    bootstrapFile: settings.bootstrapFile,
    environment: settings.environment,
    functionName: settings.name,
    functionArn: `arn:aws:lambda:${region}:${accountId}:function:${settings.name}`,
    region,
    timeoutMs: 15_000,
    onLine(line) {
      const atMs = parseLoadStart(line);
      if (atMs !== undefined) loadStart.resolve(atMs);
    },
  });
  try {
    const readyAt = instance.ready.then(systemNowMs);
    const answer = await instance.invoke(buildVendEvent());
    const tokenAtMs = systemNowMs();
    const rssKb = await readRssKb(instance.pid);
    const source = assertIsAnswer(settings.name, answer);
    const loadStartMs = await loadStart.promise;
    return {
      readyMs: (await readyAt) - loadStartMs,
      tokenMs: tokenAtMs - loadStartMs,
      processMs: tokenAtMs - spawnedAtMs,
      rssKb,
      source,
    };
  } finally {
    await instance.close();
  }
}

/** @returns where the token comes from */
function assertIsAnswer(name: ColdStartContestant, answer: unknown): string | undefined {
  const { statusCode, body, headers } = answer as ProxyResult;
  const { access_token: token } = JSON.parse(body) as { access_token?: unknown };
  const vendsNone = name === 'bare' || name === 'bare-sdk';
  if (statusCode === 200 && (vendsNone || typeof token === 'string')) return headers?.['x-token-source'];
  throw new Error(`A cold start of ${name} answers ${statusCode} and ${token === undefined ? body : 'a token'}.`);
}
