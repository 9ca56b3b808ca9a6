import { createHash } from 'node:crypto';

/** What a provider answers to a scope that the client may not have. */
export const refusedScopes: Readonly<Record<string, { readonly status: number; readonly error: string }>> = {
  forbidden: { status: 400, error: 'unauthorized_client' },
  denied: { status: 401, error: 'invalid_client' },
};

const defaultScope = 'read';
const optionalScopes = Array.from({ length: 10 }, (_, index) => `optional-${index}`);

/** Of the provider, where there are neighbours. Its bystanders ask for the default scope only. */
export const neighbourScopes = {
  default: [defaultScope],
  allowed: [defaultScope, ...optionalScopes, ...Object.keys(refusedScopes)],
};

/** @param scope of a token request; null for a contestant that knows no scopes */
export function isDefaultScope(scope: string | null): boolean {
  return scope === null || scope === defaultScope;
}

export interface NeighbourView {
  /** How many times it has asked before. */
  readonly asked: number;
  /** The last token that it was given. */
  readonly token: string | undefined;
  readonly tokenLifetimeSeconds: number;
}

/** The form of a neighbour's next request. */
export type Neighbour = (view: NeighbourView) => string;

const brokenForms = [
  'scope=%zz',
  'scope=read&scope=read',
  'grant_type=password',
  'min_ttl=-1',
  'rejected_token_sha256=abc',
  `padding=${'x'.repeat(9_000)}`,
];

/** Callers that IAM lets in and that mean harm, or know no better. */
export const neighbours: Readonly<Record<string, Neighbour>> = {
  'reports every token': ({ token }) => (token === undefined ? '' : `rejected_token_sha256=${sha256(token)}`),
  'asks for a scope that the client may not have': () => 'scope=forbidden',
  'asks for a scope that makes the provider answer 401': () => `scope=${defaultScope}+denied`,
  'asks for another set of scopes each time': ({ asked }) => `scope=${subset(asked).join('+')}`,
  'wants the whole lifetime': ({ tokenLifetimeSeconds }) => `min_ttl=${tokenLifetimeSeconds}`,
  'sends broken forms': ({ asked }) => brokenForms[asked % brokenForms.length] ?? '',
};

function sha256(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** All subsets of the optional scopes in turn, never the empty one. */
function subset(index: number): string[] {
  const bits = 1 + (index % (2 ** optionalScopes.length - 1));
  return optionalScopes.filter((_, bit) => (bits & (1 << bit)) !== 0);
}
