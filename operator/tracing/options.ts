import { parseArgs } from 'node:util';
import { parseFingerprint } from '../leaked-token.ts';
import { OperatorError } from '../operator-error.ts';

export interface TraceOptions {
  readonly environment: string;
  /** Lower-case hex; undefined: of the token on stdin. */
  readonly fingerprint: string | undefined;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
  readonly isJson: boolean;
  /** The local stack's folder. */
  readonly directory: string;
}

/** What the command's exit says. Stable: scripts depend on it. */
export const exitCodes = { found: 0, failed: 1, notFound: 3 } as const;

export const usage = `npm run trace -- --env ENV [options] < TOKEN

Says who got a leaked token and when, and from which provider and version of the secret it came.
The token is read from stdin, or from a hidden prompt. Nothing is changed.

  --env ENV           an environment of infra/environments.ts, or "local" for the stack of npm start
  --fingerprint HASH  instead of the token its SHA-256, in hex, or in base64 as GitHub's audit log has it (hashed_token)
  --since TIME        how far back to look: 90m, 12h, 7d, or a date such as 2026-11-30T12:00Z (default 7d)
  --json              print one JSON object: {"fingerprint", "obtained", "vended", "mayHave"}
  --dir DIR           folder of the local stack (default .local)
  --help              this text

Exit codes:
  0  found
  1  failed: the logs could not be read, or a wrong option
  3  not found in that time
`;

const unitsMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Reads the command line. There is no option for a token: everybody on the machine can see a command line.
 *
 * @param nowMs milliseconds since 1970
 * @returns undefined when it asks for help
 * @throws OperatorError
 */
export function parseTraceOptions(args: readonly string[], nowMs: number): TraceOptions | undefined {
  const values = parseStrictly(args);
  if (values.help === true) return undefined;
  const { env: environment, fingerprint, since = '7d', json, dir = '.local' } = values;
  if (environment === undefined) throw new OperatorError('--env is needed.');
  return {
    environment,
    fingerprint: fingerprint === undefined ? undefined : parseFingerprint(fingerprint),
    sinceMs: parseSince(since, nowMs),
    isJson: json === true,
    directory: dir,
  };
}

function parseSince(text: string, nowMs: number): number {
  const [, count = '', unit = 'm'] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const sinceMs = count === '' ? Date.parse(text) : nowMs - Number(count) * unitsMs[unit as keyof typeof unitsMs];
  if (sinceMs < nowMs) return sinceMs;
  throw new OperatorError('--since must be a time in the past: 90m, 12h, 7d, or a date such as 2026-11-30T12:00Z.');
}

function parseStrictly(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        env: { type: 'string' },
        fingerprint: { type: 'string' },
        since: { type: 'string' },
        json: { type: 'boolean' },
        dir: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch {
    // The parser's own message quotes the argument, which may be the token.
    throw new OperatorError('There is an option that is not known, or an argument without an option; see --help.');
  }
}
