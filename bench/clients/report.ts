import type { Language } from '../../test/clients/languages.ts';
import { formatTable, type Target } from '../markdown.ts';
import type { Results } from '../results.ts';
import type { CachedToken } from './cached-token.ts';
import type { Expiry } from './expiry.ts';
import type { Revocations } from './revocations.ts';

export interface ClientFigures {
  readonly language: Language;
  readonly cachedToken: readonly CachedToken[];
  readonly expiry: Expiry;
  readonly revocations: Revocations;
}

export type ClientsResults = Results<{ readonly calls: number; readonly callers: number }, readonly ClientFigures[]>;

export const titles: Readonly<Record<Language, string>> = {
  typescript: 'TypeScript',
  python: 'Python',
  go: 'Go',
  java: 'Java',
};

export function formatClients({ figures, settings }: ClientsResults): string {
  const cached = figures.flatMap(({ language, cachedToken }) =>
    cachedToken.map(({ name, nanosecondsPerCall, allocatedBytesPerCall, allocationsPerCall }) => [
      `${titles[language]}: ${name}`,
      (nanosecondsPerCall / 1_000).toFixed(2),
      allocatedBytesPerCall === undefined ? '' : allocatedBytesPerCall.toFixed(0),
      allocationsPerCall === undefined ? '' : String(allocationsPerCall),
    ]),
  );
  const counted = figures.map(({ language, expiry, revocations }) => [
    titles[language],
    `${expiry.requests}`,
    `${revocations.calls}`,
    `${revocations.revoked}`,
    `${revocations.reports}`,
    `${revocations.failed}`,
  ]);
  return `## The clients

What a token costs that a client holds: one caller after the other, in a warmed-up process, the fastest of five rounds, beside the
nearest peer that each language has. The clients do more than the peers: they look at a clock that never goes back and at the
wall clock, so that a token does not outlive a frozen Lambda, and at the refresh point, the scopes and the life asked for. Bytes
are counted as each language can: all of them in Node and Java, per operation in Go, the peak of one call in Python.

${formatTable(['a token from memory', 'µs', 'bytes', 'allocations'], cached)}

Then ${settings.callers.toLocaleString('en')} callers ask at once for a token that has just expired; and for an hour, by a clock that jumps, ten callers at once call an
API every ten seconds, which revokes the token in use every five minutes. A client reports the refused token, gets another and
sends the request once more.

${formatTable(['', `requests for ${settings.callers.toLocaleString('en')} callers`, 'calls in an hour', 'revoked tokens', 'reports', 'failed calls'], counted)}`;
}

export function judgeClients({ figures }: ClientsResults): readonly Target[] {
  return figures.flatMap(({ language, expiry, revocations }) => [
    {
      sentence: `${titles[language]}: ${expiry.callers} callers at a token's end make ${expiry.requests} requests, at most 1 wanted`,
      isMet: expiry.requests === 1 && expiry.failed === 0,
    },
    {
      sentence: `${titles[language]}: ${revocations.failed} of ${revocations.calls} calls fail in an hour of revoked tokens, none wanted`,
      isMet: revocations.failed === 0,
    },
  ]);
}
