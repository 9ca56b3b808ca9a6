/** One exchange or preload that gave the token. */
export interface Obtained {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly provider: string;
  readonly secretVersion: string | undefined;
  /** Undefined where the provider gave no lifetime. */
  readonly expiresInSeconds: number | undefined;
}

/** What one caller got. Times are milliseconds since 1970. */
export interface Receipt {
  readonly callerArn: string;
  readonly provider: string;
  /** Undefined where it is not known that it was this token. */
  readonly secretVersion: string | undefined;
  readonly times: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Where the lines of an environment are. */
export interface VendingLogs {
  /** Whether each vend has a line (`logLevel: 'info'`). With `warn` only those have one whose refresh failed. */
  readonly hasEveryVend: boolean;
  readObtained(fingerprint: string): Promise<readonly Obtained[]>;
  /** By caller, provider and version; in no order. */
  readVended(fingerprint: string): Promise<readonly Receipt[]>;
  /** Who was answered with any token of the provider in that time; undefined where no log tells. */
  readAnswered(provider: string, fromMs: number, toMs: number): Promise<readonly Receipt[] | undefined>;
}

export interface Trace {
  readonly fingerprint: string;
  readonly obtained: readonly Obtained[];
  /** Who got it. */
  readonly vended: readonly Receipt[];
  /** Who may have got it, where no line per vend was written. */
  readonly mayHave: readonly Receipt[] | undefined;
}

/** A token without a known lifetime is looked for this long. */
const defaultLifetimeSeconds = 86_400;

/**
 * Follows a token by its fingerprint. With `logLevel: 'warn'` there is a line per exchange but none per vend: then the access log
 * names who was given a token of that provider while this one lived, and so may have it.
 */
export async function traceToken(logs: VendingLogs, fingerprint: string, nowMs: number): Promise<Trace> {
  const [obtained, vended] = await Promise.all([logs.readObtained(fingerprint), logs.readVended(fingerprint)]);
  const [first] = obtained;
  let mayHave: readonly Receipt[] | undefined;
  if (first !== undefined && !(logs.hasEveryVend && vended.length > 0)) {
    const endMs = first.atMs + 1000 * (first.expiresInSeconds ?? defaultLifetimeSeconds);
    mayHave = await logs.readAnswered(first.provider, first.atMs, Math.min(endMs, nowMs));
  }
  const byTime = (receipts: readonly Receipt[]) => receipts.toSorted((one, other) => one.firstMs - other.firstMs);
  return { fingerprint, obtained, vended: byTime(vended), mayHave: mayHave && byTime(mayHave) };
}

export function isFound({ obtained, vended }: Trace): boolean {
  return obtained.length + vended.length > 0;
}
