import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { providerNamePattern } from './patterns.ts';
import { type Provider, type ProviderSettings, providerSettingsSchema } from './provider-settings.ts';

export interface Config {
  readonly providers: ReadonlyMap<string, Provider>;
  /** Log lines below it are not written. */
  readonly logLevel: 'info' | 'warn';
  /** The DynamoDB table through which instances share tokens; without it each obtains its own. */
  readonly tokenStore?: { readonly table: string } | undefined;
  /** Without it a caller may send as many requests as the API admits. */
  readonly callerLimit?: CallerLimitSettings | undefined;
}

/** Of one principal, in one instance. */
export interface CallerLimitSettings {
  readonly requestsPerSecond: number;
  /** How many may come at once. */
  readonly burst: number;
}

/** Names every mistake of the configuration at once, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[], options?: ErrorOptions) {
    super(
      `The configuration has ${mistakes.length} mistake(s):\n${mistakes.map((line) => `  - ${line}`).join('\n')}`,
      options,
    );
    this.mistakes = mistakes;
  }
}

/** Lies beside the bundle: the same code runs in every environment, and this file is where they differ. */
export const settingsFileName = 'settings.json';

/** What the settings file holds. */
export interface Settings {
  /** Provider name → provider settings. */
  readonly providers: Readonly<Record<string, ProviderSettings>>;
  readonly logLevel?: 'info' | 'warn';
  readonly tokenStore?: { readonly table: string };
  readonly callerLimit?: CallerLimitSettings;
}

/**
 * Reads the settings file from the folder of the bundle.
 *
 * @throws ConfigError that names every mistake by provider and key
 */
export function readConfig(directory: string): Config {
  let text: string;
  try {
    text = readFileSync(join(directory, settingsFileName), 'utf8');
  } catch (cause) {
    throw new ConfigError([`${settingsFileName} cannot be read from the folder of the function's code`], { cause });
  }
  return parseConfig(text);
}

/** @throws ConfigError */
export function parseConfig(text: string): Config {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ConfigError([`${settingsFileName} is not JSON`]);
  }
  if (!isObject(value)) throw new ConfigError([`${settingsFileName} must be an object`]);
  const { providers: entries, ...others } = value;
  const { providers, mistakes } = judgeProviders(entries, 'providers');
  const result = v.safeParse(otherSettingsSchema, others);
  if (result.success && mistakes.length === 0) return { providers, ...result.output };
  throw new ConfigError([...mistakes, ...(result.issues ?? []).map((issue) => describeIssue('', issue))]);
}

const limitNumber = v.pipe(
  v.number('must be a number'),
  v.integer('must be a whole number'),
  v.minValue(1, 'must be at least 1'),
);

const otherSettingsSchema = v.strictObject({
  logLevel: v.optional(v.picklist(['info', 'warn'], 'must be info or warn'), 'info'),
  tokenStore: v.optional(
    v.strictObject({
      table: v.pipe(v.string('must be a string'), v.regex(/^[\w.-]{3,255}$/, 'must be the name of a DynamoDB table')),
    }),
  ),
  callerLimit: v.optional(v.strictObject({ requestsPerSecond: limitNumber, burst: limitNumber })),
});

/**
 * Reads an object of provider name → provider settings. `where` begins the name of every mistake.
 *
 * @throws ConfigError
 */
export function parseProviders(value: unknown, where: string): ReadonlyMap<string, Provider> {
  const { providers, mistakes } = judgeProviders(value, where);
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return providers;
}

export interface JudgedProviders {
  /** Those without a mistake. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly mistakes: readonly string[];
}

/** `parseProviders` for a caller that has other mistakes to report as well. */
export function judgeProviders(value: unknown, where: string): JudgedProviders {
  const providers = new Map<string, Provider>();
  const mistakes: string[] = [];
  if (!isObject(value)) return { providers, mistakes: [`${where} must be an object of provider name → settings`] };
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
  return { providers, mistakes };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Names one mistake that a schema found. Never quotes the value, which could be a secret put in the wrong place. */
export function describeIssue(where: string, issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  const name = [where, path].filter(Boolean).join('.');
  // valibot reports an unknown or a missing key as an issue of the object that it is or is not in.
  if (issue.type === 'strict_object' && issue.expected === 'never') return `${name} is not a known key`;
  const isObject = issue.type === 'strict_object' || issue.type === 'object';
  if (isObject && issue.received === 'undefined' && path !== null) return `${name} is missing`;
  if (isObject || issue.type === 'record') return `${name} must be an object`;
  if (issue.type === 'array') return `${name} must be a list`;
  if (issue.type === 'variant') return `${name} must be ${issue.expected}`;
  return `${name} ${issue.message}`;
}
