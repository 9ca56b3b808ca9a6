import * as v from 'valibot';
import { describeIssue } from '../../functions/shared/settings/config.ts';
import { findContradictions } from './contradictions.ts';
import { type Environment, environmentSchema, type ParsedEnvironment } from './environment.ts';
import { parseProviderEntries } from './parse-provider-entries.ts';
import { findReplicaMistakes } from './replicas.ts';

export interface ParseOptions {
  /** Where an environment that names no account or region is deployed. Undefined: not known yet. */
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  readonly allowLoopback?: boolean;
}

/** Names every mistake of every environment at once, one per line. */
export class EnvironmentsError extends Error {
  override readonly name = 'EnvironmentsError';
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(`The settings have ${mistakes.length} mistake(s):\n${mistakes.map((line) => `  - ${line}`).join('\n')}`);
    this.mistakes = mistakes;
  }
}

/** Part of the names of the stack, the policies and the secrets. */
const environmentNamePattern = /^[a-z][a-z0-9-]{0,30}$/;

/**
 * Validates all entries before anything is built.
 *
 * @throws EnvironmentsError that names every mistake by environment, provider and key
 */
export function parseEnvironments(
  entries: Readonly<Record<string, Environment>>,
  options: ParseOptions = {},
): ReadonlyMap<string, ParsedEnvironment> {
  const mistakes: string[] = [];
  const environments = new Map<string, ParsedEnvironment>();
  for (const [name, entry] of Object.entries(entries)) {
    const parsed = judgeEnvironment(name, entry, options);
    mistakes.push(...parsed.mistakes);
    if (parsed.environment !== undefined) environments.set(name, parsed.environment);
  }
  mistakes.push(...findReplicaMistakes(environments));
  if (mistakes.length > 0) throw new EnvironmentsError(mistakes);
  return environments;
}

/**
 * Validates one entry for a stack whose account and region, as far as they are known, are those of the options.
 *
 * @throws EnvironmentsError that names every mistake
 */
export function parseEnvironment(name: string, entry: Environment, options: ParseOptions = {}): ParsedEnvironment {
  const { environment, mistakes } = judgeEnvironment(name, entry, options);
  const misplaced = (['account', 'region'] as const).flatMap((key) => {
    const [own, ofStack] = [entry[key], options[key]];
    return own === undefined || ofStack === undefined || own === ofStack
      ? []
      : [`${name}.${key} is ${own}, and its stack's is ${ofStack}`];
  });
  const all = [...mistakes, ...misplaced];
  if (environment === undefined || all.length > 0) throw new EnvironmentsError(all);
  return environment;
}

function judgeEnvironment(
  name: string,
  entry: Environment,
  { account, region, allowLoopback = false }: ParseOptions,
): { readonly environment?: ParsedEnvironment; readonly mistakes: readonly string[] } {
  const mistakes: string[] = [];
  if (!environmentNamePattern.test(name)) {
    mistakes.push(`${name}: an environment's name is 1 to 31 lower-case letters, digits or hyphens, a letter first`);
  }
  const result = v.safeParse(environmentSchema, entry);
  if (!result.success) mistakes.push(...result.issues.map((issue) => describeIssue(name, issue)));
  const { providers: entriesOfProviders } = (entry ?? {}) as Partial<Environment>;
  if (!v.is(environmentSchema.entries.providers, entriesOfProviders)) return { mistakes };
  const parsed = parseProviderEntries(name, entriesOfProviders, { allowLoopback, secretsOf: entry.replicaOf });
  mistakes.push(...parsed.mistakes);
  if (!result.success) return { mistakes };
  const placed = { account, region, ...result.output };
  const tokenTable = placed.tokenStore === 'dynamodb' ? `token-vending-${name}` : undefined;
  const environment = { ...placed, name, providers: parsed.providers, tokenTable };
  return { environment, mistakes: [...mistakes, ...findContradictions(environment)] };
}
