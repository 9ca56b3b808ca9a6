import { accountId, region } from '../../local/gateway/callers.ts';
import { startInstance } from '../../local/lambda/instance.ts';
import { buildVendEvent } from '../../test/support/rest-event.ts';
import { readRssKb } from '../resident-set.ts';
import { parseLoadStart } from './load-start.ts';
import type { ColdStartContestant } from './rounds.ts';
import { systemNowMs } from './system-clock.ts';

/** What one cold start took. */
export interface ColdStart {
  /** From when the function begins to load until its process asks for an invocation. */
  readonly readyMs: number;
  /** From the same moment until the process has handed over its first answer. */
  readonly tokenMs: number;
  /** From when the process is started until then: what Node itself takes to start is in it. */
  readonly processMs: number;
  /** KiB resident right after that answer; undefined where the system does not tell. */
  readonly rssKb: number | undefined;
}

export interface ColdStartSettings {
  readonly name: ColdStartContestant;
  readonly bootstrapFile: string;
  readonly codeDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Starts a process as the local stack does, with an event that waits for it as on demand in Lambda, and ends it after its
 * first answer.
 *
 * @throws when that answer is no token
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
    const answer = await instance.invoke(buildVendEvent('prove'));
    const tokenAtMs = systemNowMs();
    const rssKb = await readRssKb(instance.pid);
    assertIsAnswer(settings.name, answer);
    const loadStartMs = await loadStart.promise;
    return {
      readyMs: (await readyAt) - loadStartMs,
      tokenMs: tokenAtMs - loadStartMs,
      processMs: tokenAtMs - spawnedAtMs,
      rssKb,
    };
  } finally {
    await instance.close();
  }
}

function assertIsAnswer(name: ColdStartContestant, answer: unknown): void {
  const { statusCode, body } = answer as { statusCode: number; body: string };
  const { access_token: token } = JSON.parse(body) as { access_token?: unknown };
  const vendsNone = name === 'bare' || name === 'bare-sdk';
  if (statusCode === 200 && (vendsNone || typeof token === 'string')) return;
  throw new Error(`A cold start of ${name} answers ${statusCode} and ${token === undefined ? body : 'a token'}.`);
}
