import { type ContestantName, contestants, peers } from '../contestants/contestants.ts';

const idle = ['bare', 'bare-middy', 'bare-middy-log'] as const satisfies readonly ContestantName[];

/** The rows of the table: contestants, this service a second time with its line a vend turned off. */
export const variantNames = [...idle, 'vend', 'vend-at-warn', ...peers] as const;

export type VariantName = (typeof variantNames)[number];

export interface Variant {
  readonly title: string;
  readonly contestant: ContestantName;
  /** What it is told on top of what all are told. */
  readonly environment: Readonly<Record<string, string>>;
  /** How many tokens it obtains in the life of a process. */
  readonly tokens: 0 | 1;
}

export function variantOf(name: VariantName): Variant {
  if (name === 'vend-at-warn') {
    const environment = { AWS_LAMBDA_LOG_LEVEL: 'WARN' };
    return { title: `${contestants.vend}, AWS_LAMBDA_LOG_LEVEL=WARN`, contestant: 'vend', environment, tokens: 1 };
  }
  const isIdle = (idle as readonly string[]).includes(name);
  return { title: contestants[name], contestant: name, environment: {}, tokens: isIdle ? 0 : 1 };
}

export const measuredContestants = [...idle, 'vend', ...peers] as const satisfies readonly ContestantName[];
