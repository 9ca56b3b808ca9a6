import type { APIGatewayProxyEvent } from 'aws-lambda';

export interface Caller {
  /** Of the session, where a role is assumed: `arn:aws:sts::111122223333:assumed-role/orders/i-0abc`. */
  readonly arn: string | undefined;
  readonly account: string | undefined;
}

/** Who signed the request, by API Gateway's word. Whoever invokes the function directly can leave it out or make it up. */
export function readCaller(event: APIGatewayProxyEvent | null): Caller {
  const identity = event?.requestContext?.identity;
  return { arn: identity?.userArn ?? undefined, account: identity?.accountId ?? undefined };
}

/** The caller without its session: all tasks and instances of a service share a role, and so are one principal. */
export function principalOf({ arn }: Caller): string {
  if (typeof arn !== 'string') return 'unknown';
  return /^(.+:assumed-role\/[^/]+)\/.*$/s.exec(arn)?.[1] ?? arn;
}
