import * as v from 'valibot';
import { environmentVariables } from './environment-variables.ts';
import { type Provider, providerNamePattern, providerSettingsSchema } from './provider-settings.ts';

export interface Config {
  readonly providers: ReadonlyMap<string, Provider>;
}

/** Names every mistake of the configuration at once, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(`The configuration has ${mistakes.length} mistake(s):\n${mistakes.map((line) => `  - ${line}`).join('\n')}`);
    this.mistakes = mistakes;
  }
}

/**
 * Reads the functions' settings from environment variables.
 *
 * @throws ConfigError that names every mistake by variable, provider and key.
 */
export function parseConfig(environment: NodeJS.ProcessEnv): Config {
  const variable = environmentVariables.providers;
  const json = environment[variable];
  if (json === undefined || json === '') throw new ConfigError([`${variable} is not set`]);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new ConfigError([`${variable} is not JSON`]);
  }
  return { providers: parseProviders(value, variable) };
}

/**
 * Reads an object of provider name → provider settings. `where` begins the name of every mistake.
 *
 * @throws ConfigError
 */
export function parseProviders(value: unknown, where: string): ReadonlyMap<string, Provider> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigError([`${where} must be an object of provider name → provider settings`]);
  }
  const providers = new Map<string, Provider>();
  const mistakes: string[] = [];
  for (const [name, settings] of Object.entries(value)) {
    if (!providerNamePattern.test(name)) {
      mistakes.push(
        `${where}.${name}: a provider's name is 1 to 63 lower-case letters, digits or hyphens, a letter first`,
      );
    }
    const result = v.safeParse(providerSettingsSchema, settings);
    if (result.success) providers.set(name, { ...result.output, name });
    else mistakes.push(...result.issues.map((issue) => describeIssue(`${where}.${name}`, issue)));
  }
  if (Object.keys(value).length === 0) mistakes.push(`${where} names no provider`);
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return providers;
}

/** One mistake that a schema found, by name. The value stays out of it, for nothing here may repeat what could be a secret. */
export function describeIssue(where: string, issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  const name = path === null ? where : `${where}.${path}`;
  // valibot reports an unknown or a missing key as an issue of the object that it is or is not in.
  if (issue.type === 'strict_object' && issue.expected === 'never') return `${name} is not a known key`;
  if (issue.type === 'strict_object' && issue.received === 'undefined') return `${name} is missing`;
  if (issue.type === 'strict_object' || issue.type === 'record') return `${name} must be an object`;
  if (issue.type === 'array') return `${name} must be a list`;
  if (issue.type === 'variant') return `${name} must be ${issue.expected}`;
  return `${name} ${issue.message}`;
}
