import * as v from 'valibot';
import { describeIssue } from '../../functions/shared/settings/config.ts';
import { type Environment, type EnvironmentSettings, environmentSchema } from './environment.ts';
import { EnvironmentsError } from './environments-error.ts';
import { outputSuffix } from './names.ts';
import { isObject, type ParsedProvider, type ParseOptions, parseProviderEntries } from './parse-provider-entries.ts';

/** An environment that has been judged: what the stack is built from. */
export interface ParsedEnvironment extends Omit<EnvironmentSettings, 'providers'> {
  readonly name: string;
  /** Provider name → its settings as the functions get them, and the secret somebody else keeps, if any. */
  readonly providers: ReadonlyMap<string, ParsedProvider>;
}

/** Part of the stack's name, of policies' and secrets' names. */
const environmentNamePattern = /^[a-z][a-z0-9-]{0,30}$/;

/**
 * Judges all entries before anything is built.
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
    const parsed = parseEnvironment(name, entry, options);
    mistakes.push(...parsed.mistakes);
    if (parsed.environment !== undefined) environments.set(name, parsed.environment);
  }
  if (mistakes.length > 0) throw new EnvironmentsError(mistakes);
  return environments;
}

function parseEnvironment(
  name: string,
  entry: Environment,
  options: ParseOptions,
): { readonly environment?: ParsedEnvironment; readonly mistakes: readonly string[] } {
  const mistakes: string[] = [];
  if (!environmentNamePattern.test(name)) {
    mistakes.push(`${name}: an environment's name is 1 to 31 lower-case letters, digits or hyphens, a letter first`);
  }
  if (!isObject(entry)) return { mistakes: [...mistakes, `${name} must be an object`] };
  const result = v.safeParse(environmentSchema, entry);
  if (!result.success) mistakes.push(...result.issues.map((issue) => describeIssue(name, issue)));
  if (!isObject(entry.providers)) return { mistakes };
  const { providers, mistakes: providerMistakes } = parseProviderEntries(name, entry.providers, options);
  mistakes.push(...providerMistakes, ...sameOutputName(name, [...providers.keys()]));
  if (!result.success) return { mistakes };
  mistakes.push(...contradictions(name, result.output, providers));
  return { environment: { ...result.output, name, providers }, mistakes };
}

/** What no key alone shows. */
function contradictions(
  name: string,
  settings: EnvironmentSettings,
  providers: ReadonlyMap<string, ParsedProvider>,
): string[] {
  const { reservedConcurrency, provisionedConcurrency, alarms } = settings;
  const mistakes: string[] = [];
  if ((provisionedConcurrency ?? 0) > (reservedConcurrency ?? Number.POSITIVE_INFINITY)) {
    mistakes.push(`${name}.provisionedConcurrency must not be more than reservedConcurrency`);
  }
  if (alarms.email !== undefined && alarms.topicArn !== undefined) {
    mistakes.push(`${name}.alarms takes either email or topicArn`);
  }
  for (const [index, callers] of settings.callers.entries()) {
    for (const provider of callers.providers.filter((candidate) => !providers.has(candidate))) {
      mistakes.push(`${name}.callers.${index}.providers names ${JSON.stringify(provider)}, which is not a provider`);
    }
    if (callers.principalArns.length + callers.organizationIds.length === 0) {
      mistakes.push(`${name}.callers.${index} must name principalArns or organizationIds`);
    }
  }
  return mistakes;
}

function sameOutputName(name: string, providers: readonly string[]): string[] {
  return Object.values(Object.groupBy(providers, outputSuffix))
    .filter((group) => group !== undefined && group.length > 1)
    .map(
      (group) => `${name}.providers: ${group?.join(' and ')} differ in hyphens only; outputs could not be told apart`,
    );
}
