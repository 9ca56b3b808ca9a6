import { readFile } from 'node:fs/promises';
import { isJsonObject, isText, type JsonObject, parseJson } from '../../functions/shared/runtime/json.ts';
import { OperatorError } from '../operator-error.ts';
import type { Obtained, Receipt, VendingLogs } from './trace-token.ts';

/**
 * The local stack's log of the vending function, and what was moved out of it when it had grown. It has a line for every vend,
 * so nothing else has to be asked.
 *
 * @throws OperatorError if there is none
 */
export async function readLogFile(path: string, sinceMs: number): Promise<VendingLogs> {
  const read = (file: string) => readFile(file, 'utf8').catch(() => undefined);
  const [older, newer] = await Promise.all([read(`${path}.1`), read(path)]);
  if (newer === undefined) throw new OperatorError(`There is no ${path}: no local stack has vended anything there.`);
  const lines = `${older ?? ''}${newer}`.split('\n').map(parseJson).filter(isJsonObject);
  const recent = lines.filter((line) => timeOf(line) >= sinceMs);
  const linesOf = (fingerprint: string) => recent.filter((line) => line['fingerprint'] === fingerprint);
  return {
    hasEveryVend: true,
    async readObtained(fingerprint) {
      return linesOf(fingerprint)
        .filter(({ message }) => message === 'exchange' || message === 'preload')
        .map(asObtained);
    },
    async readVended(fingerprint) {
      return sumUp(linesOf(fingerprint).filter(({ message }) => message === 'vend'));
    },
    readAnswered: async () => undefined,
  };
}

function asObtained(line: JsonObject): Obtained {
  const { provider, secretVersion, expiresInSeconds } = line;
  return {
    atMs: timeOf(line),
    provider: String(provider),
    secretVersion: isText(secretVersion) ? secretVersion : undefined,
    expiresInSeconds: typeof expiresInSeconds === 'number' ? expiresInSeconds : undefined,
  };
}

function sumUp(lines: readonly JsonObject[]): readonly Receipt[] {
  const groups = new Map<string, Receipt>();
  for (const line of lines) {
    const [callerArn, provider, secretVersion] = [line['callerArn'], line['provider'], line['secretVersion']].map(
      String,
    );
    const key = JSON.stringify([callerArn, provider, secretVersion]);
    const atMs = timeOf(line);
    const known = groups.get(key) ?? { callerArn, provider, secretVersion, times: 0, firstMs: atMs };
    groups.set(key, { ...known, times: known.times + 1, lastMs: atMs } as Receipt);
  }
  return [...groups.values()];
}

function timeOf({ timestamp }: JsonObject): number {
  return Date.parse(String(timestamp));
}
