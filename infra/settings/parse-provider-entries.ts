import { ConfigError, parseProviders } from '../../functions/shared/settings/config.ts';
import type { ProviderSettings } from '../../functions/shared/settings/provider-settings.ts';
import { secretName } from './names.ts';
import type { ExistingSecret, ProviderEntry } from './providers.ts';

/** A provider as the stack needs it. */
export interface ParsedProvider {
  /** As the functions get them. */
  readonly settings: ProviderSettings;
  readonly existingSecret: ExistingSecret | undefined;
}

export interface ParseOptions {
  /** A token endpoint on loopback means something only where the function runs on this machine: in an emulator. */
  readonly allowLoopback?: boolean;
}

const secretArnPattern = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+-[A-Za-z0-9]{6}$/;
const keyArnPattern = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/.+$/;

/** Judges the providers of one environment. With a mistake among them, what is returned is good for nothing else. */
export function parseProviderEntries(
  environment: string,
  entries: Readonly<Record<string, ProviderEntry>>,
  options: ParseOptions,
): { readonly providers: ReadonlyMap<string, ParsedProvider>; readonly mistakes: readonly string[] } {
  const where = `${environment}.providers`;
  const made = Object.entries(entries).filter(
    ([, entry]) => isObject(entry?.settings) && Array.isArray(entry.mistakes),
  );
  const notMade = Object.keys(entries).filter((name) => !made.some(([madeName]) => madeName === name));
  const providers = new Map(
    made.map(([name, { settings, existingSecret }]) => {
      const secretId = existingSecret?.arn ?? secretName(environment, name);
      return [name, { settings: { ...settings, secretId }, existingSecret }];
    }),
  );
  const mistakes = [
    ...notMade.map((name) => `${where}.${name} must be made by a preset of infra/settings/providers.ts`),
    ...made.flatMap(([name, entry]) => entryMistakes(`${where}.${name}`, entry, options)),
    ...settingsMistakes(where, providers, new Set(made.filter(hasMistakes).map(([name]) => name))),
  ];
  if (Object.keys(entries).length === 0) mistakes.push(`${where} names no provider`);
  return { providers, mistakes };
}

function hasMistakes([, entry]: readonly [string, ProviderEntry]): boolean {
  return entry.mistakes.length > 0;
}

function entryMistakes(at: string, entry: ProviderEntry, { allowLoopback = false }: ParseOptions): string[] {
  const { existingSecret, settings, mistakes } = entry;
  const found = mistakes.map((mistake) => `${at}.${mistake}`);
  if (!allowLoopback && isPlainHttp(settings.tokenUrl)) found.push(`${at}.tokenUrl must be an https: URL`);
  if (existingSecret === undefined) return found;
  if (!secretArnPattern.test(existingSecret.arn)) {
    found.push(`${at}.existingSecret.arn must be the complete ARN of a secret, with its last six characters`);
  }
  if (existingSecret.keyArn !== undefined && !keyArnPattern.test(existingSecret.keyArn)) {
    found.push(`${at}.existingSecret.keyArn must be the ARN of a KMS key (not of an alias)`);
  }
  return found;
}

function isPlainHttp(url: unknown): boolean {
  return typeof url === 'string' && /^http:/i.test(url);
}

/**
 * What the functions themselves would say of these settings at their cold start. Presets that went wrong are left out,
 * for what they made says nothing; `http:` has been judged already.
 */
function settingsMistakes(
  where: string,
  providers: ReadonlyMap<string, ParsedProvider>,
  leftOut: ReadonlySet<string>,
): readonly string[] {
  const judged = [...providers].flatMap(([name, { settings }]) => {
    if (leftOut.has(name)) return [];
    return [[name, isPlainHttp(settings.tokenUrl) ? { ...settings, tokenUrl: 'https://judged.invalid' } : settings]];
  });
  if (judged.length === 0) return [];
  try {
    parseProviders(Object.fromEntries(judged), where);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
