import { randomBytes } from 'node:crypto';

export const region = 'us-east-1';
export const accountId = '111122223333';

/** An identity that the local gateway knows. */
export interface Caller {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly arn: string;
  /** `METHOD/path` patterns with `*` for anything, as an IAM policy's resource has them after the stage. */
  readonly allow: readonly string[];
}

/**
 * The keys are new at every start, so yesterday's are worth nothing.
 *
 * @param providers the names that `prober` may vend, each by its own, as the deployed prober's role has them
 */
export function createCallers(providers: readonly string[] = []): Readonly<Record<string, Caller>> {
  return {
    orders: createCaller('orders', ['POST/tokens/*', 'GET/health']),
    intruder: createCaller('intruder', []),
    prober: createCaller('prober', [...providers.map((name) => `POST/tokens/${name}`), 'GET/health']),
  };
}

function createCaller(name: string, allow: readonly string[]): Caller {
  return {
    accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
    // As long as STS's are, and with characters that need care in a header, a shell and a query.
    sessionToken: `IQoJ${randomBytes(330).toString('base64')}`,
    arn: `arn:aws:sts::${accountId}:assumed-role/${name}/local`,
    allow,
  };
}

/** @param request `METHOD/path`, the path without the stage */
export function isAllowed(caller: Pick<Caller, 'allow'>, request: string): boolean {
  return caller.allow.some((pattern) => {
    const expression = pattern.split('*').map(escapeRegExp).join('.*');
    return new RegExp(`^${expression}$`, 's').test(request);
  });
}

function escapeRegExp(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}
