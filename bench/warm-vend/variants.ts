import { type ContestantName, contestants, peers, titleOf } from '../contestants/contestants.ts';

export interface Variant {
  readonly title: string;
  readonly contestant: ContestantName;
  /** On top of the variables that all contestants get. */
  readonly environment: Readonly<Record<string, string>>;
  /** Of this service; `info` unless said. */
  readonly logLevel?: 'info' | 'warn';
  /** How many tokens it obtains in the life of a process. */
  readonly tokens: 0 | 1;
  /** How many lines it writes per call. */
  readonly lines: 0 | 1;
}

const idle = (contestant: ContestantName, lines: 0 | 1 = 0): Variant => ({
  title: contestants[contestant],
  contestant,
  environment: {},
  tokens: 0,
  lines,
});

const silent = (contestant: ContestantName, environment: Readonly<Record<string, string>> = {}): Variant => ({
  title: titleOf(contestant),
  contestant,
  environment,
  tokens: 1,
  lines: 0,
});

const withLine = (contestant: ContestantName): Variant => ({
  ...silent(contestant, { AUDIT_LINE: 'json' }),
  lines: 1,
});

/**
 * The rows of the table, in two groups that do the same work. As deployed, this service writes one line per vend: who
 * asked, for what, and the token's fingerprint. Its peers write the same line in the first group; in the second nobody
 * writes any.
 */
export const variants = {
  vend: withLine('vend'),
  'naive-audit': withLine('naive'),
  'powertools-audit': withLine('powertools'),
  'powertools-logger': withLine('powertools-logger'),
  'prove-sdk-audit': withLine('prove-sdk'),
  'oauth4webapi-audit': withLine('oauth4webapi'),
  'vend-at-warn': {
    ...silent('vend'),
    logLevel: 'warn',
    title: `${titleOf('vend')}, \`logLevel: 'warn'\``,
  },
  naive: silent('naive'),
  powertools: silent('powertools'),
  'prove-sdk': silent('prove-sdk'),
  oauth4webapi: silent('oauth4webapi'),
  bare: idle('bare'),
  'bare-middy': idle('bare-middy'),
  'bare-middy-log': idle('bare-middy-log', 1),
} as const satisfies Readonly<Record<string, Variant>>;

export type VariantName = keyof typeof variants;

export const variantNames = Object.keys(variants) as VariantName[];

/** Peers that write the same line as this service. */
export const auditPeers = [
  'naive-audit',
  'powertools-audit',
  'powertools-logger',
  'prove-sdk-audit',
  'oauth4webapi-audit',
] as const satisfies readonly VariantName[];

/** Peers that write no line. */
export const silentPeers: readonly VariantName[] = peers;
