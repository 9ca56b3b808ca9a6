import { isFound, type Obtained, type Receipt, type Trace } from './trace-token.ts';

/** The answer for an operator. Pure. */
export function describeTrace(trace: Trace, environment: string): string {
  const { fingerprint, obtained, vended, mayHave } = trace;
  const title = `Token ${fingerprint} (SHA-256)\n`;
  if (!isFound(trace)) {
    return `${title}Not found in the logs of ${environment}. Look further back with --since, in other environments, and in other regions.\n`;
  }
  const from = obtained.map(describeObtained).join('');
  const certain = vended.length === 0 ? '' : `It went to\n${table(vended)}`;
  if (mayHave !== undefined && mayHave.length > 0) return `${title}${from}${certain}${describeMayHave(mayHave)}`;
  return `${title}${from}${certain || 'No log says that it went to anybody.\n'}`;
}

function describeMayHave(mayHave: readonly Receipt[]): string {
  return (
    `There is no line per vend (logLevel: 'warn'). These callers were answered for ${mayHave[0]?.provider} while the token ` +
    `lived, so they may have it\n${table(mayHave)}`
  );
}

/** The same for a program. */
export function asJson({ fingerprint, obtained, vended, mayHave }: Trace): string {
  const receipt = ({ firstMs, lastMs, ...rest }: Receipt) => ({ ...rest, first: iso(firstMs), last: iso(lastMs) });
  return `${JSON.stringify({
    fingerprint,
    obtained: obtained.map(({ atMs, ...rest }) => ({ at: iso(atMs), ...rest })),
    vended: vended.map(receipt),
    mayHave: (mayHave ?? []).map(receipt),
  })}\n`;
}

function describeObtained({ atMs, provider, secretVersion, expiresInSeconds }: Obtained): string {
  const end = expiresInSeconds === undefined ? '' : `, valid until ${iso(atMs + 1000 * expiresInSeconds)}`;
  return `Obtained from ${provider} at ${iso(atMs)}${end}, with version ${secretVersion ?? 'unknown'} of the secret\n`;
}

function table(receipts: readonly Receipt[]): string {
  return receipts
    .map(({ callerArn, provider, secretVersion, times, firstMs, lastMs }) => {
      const when = times === 1 ? `at ${iso(firstMs)}` : `${times} times, from ${iso(firstMs)} to ${iso(lastMs)}`;
      const version = secretVersion === undefined ? '' : `, version ${secretVersion}`;
      return `  ${callerArn}\n    ${when} (${provider}${version})\n`;
    })
    .join('');
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
