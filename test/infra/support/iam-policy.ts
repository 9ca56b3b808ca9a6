/** A statement of a policy document, resolved: only strings in it. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | Readonly<Record<string, string | readonly string[]>>;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface AccessRequest {
  /** An IAM principal's ARN (of an assumed role: the role's) or a service, `logs.us-east-1.amazonaws.com`. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** Condition keys; `aws:PrincipalArn` and `aws:PrincipalAccount` are added. */
  readonly context?: Readonly<Record<string, string>>;
}

export interface Policies {
  /** Attached to the principal. */
  readonly identity?: readonly Statement[];
  /** Attached to the resource. */
  readonly resource?: readonly Statement[];
  /** The account that the resource belongs to. */
  readonly resourceAccount: string;
  /** For a KMS key, identity policies count only if the key's policy leaves the decision to the account. */
  readonly isKey?: boolean;
}

/**
 * Whether IAM lets the request through: an explicit denial wins; within one account either side may allow, across
 * accounts both must. Permission boundaries, session policies and organizations' policies are not part of it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 *
 * @throws Error on an element or a condition operator that it does not know, rather than guess
 */
export function isAllowed(request: AccessRequest, policies: Policies): boolean {
  const { identity = [], resource = [], resourceAccount, isKey = false } = policies;
  const fromIdentity = identity.filter((statement) => covers(statement, request));
  const fromResource = resource
    .map((statement) => ({ statement, match: matchPrincipal(statement.Principal, request.principal) }))
    .filter(({ statement, match }) => match !== 'none' && covers(statement, request));
  const all = [...fromIdentity, ...fromResource.map(({ statement }) => statement)];
  if (all.some((statement) => statement.Effect === 'Deny')) return false;
  const identityAllows = fromIdentity.length > 0;
  // Naming an account leaves the decision to that account's identity policies.
  const isHandedOver = fromResource.length > 0;
  if (fromResource.some(({ match }) => match === 'principal') && isLocal(request, resourceAccount)) return true;
  if (isKey || !isLocal(request, resourceAccount)) return identityAllows && isHandedOver;
  return identityAllows;
}

function isLocal({ principal }: AccessRequest, resourceAccount: string): boolean {
  return accountOf(principal) === undefined || accountOf(principal) === resourceAccount;
}

/** `arn:aws:iam::{account}:…`; a service belongs to none. */
function accountOf(principal: string): string | undefined {
  return principal.startsWith('arn:') ? principal.split(':')[4] : undefined;
}

function matchPrincipal(element: Statement['Principal'], principal: string): 'none' | 'account' | 'principal' {
  if (element === undefined) throw new Error('A statement of a resource policy has no principal');
  if (element === '*') return 'principal';
  const account = accountOf(principal);
  const named = listOf(element[account === undefined ? 'Service' : 'AWS']);
  if (named.includes(principal) || (account !== undefined && named.includes('*'))) return 'principal';
  if (account !== undefined && named.some((name) => name === account || name === `arn:aws:iam::${account}:root`)) {
    return 'account';
  }
  return 'none';
}

const knownElements = new Set(['Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition']);

function covers(statement: Statement, request: AccessRequest): boolean {
  const unknown = Object.keys(statement).find((element) => !knownElements.has(element));
  if (unknown !== undefined) throw new Error(`${unknown} is not known here`);
  const account = accountOf(request.principal);
  const context: Readonly<Record<string, string>> = {
    ...(account === undefined ? {} : { 'aws:PrincipalArn': request.principal, 'aws:PrincipalAccount': account }),
    ...request.context,
  };
  return (
    listOf(statement.Action).some((pattern) => isLike(request.action.toLowerCase(), pattern.toLowerCase())) &&
    listOf(statement.Resource ?? '*').some((pattern) => isLike(request.resource, pattern)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => holds(operator, context[key], listOf(values))),
    )
  );
}

/** If the key is missing, a negated operator holds and any other does not. */
function holds(operator: string, actual: string | undefined, values: readonly string[]): boolean {
  const isEqual = (value: string): boolean => actual === value;
  const isMatch = (value: string): boolean => actual !== undefined && isLike(actual, value);
  if (operator === 'StringEquals') return values.some(isEqual);
  if (operator === 'StringNotEquals') return !values.some(isEqual);
  if (operator === 'StringLike' || operator === 'ArnLike' || operator === 'ArnEquals') return values.some(isMatch);
  if (operator === 'ArnNotLike' || operator === 'ArnNotEquals') return !values.some(isMatch);
  if (operator === 'Bool') return values.some(isEqual);
  throw new Error(`The condition operator ${operator} is not known here`);
}

/** `*` is any text, `?` any one character. */
function isLike(text: string, pattern: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 's').test(text);
}

export function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as T];
}
