import { ConfigError, parseProviders } from '../../functions/shared/settings/config.ts';
import type { ProviderSettings } from '../../functions/shared/settings/provider-settings.ts';
import type { OauthServer } from './oauth-server.ts';
import type { PipeshubServer } from './pipeshub-server.ts';
import type { ProveServer } from './prove-server.ts';

/** A provider of the local stack: its settings, and the content of its secret, if any. */
export interface LocalProvider {
  readonly settings: ProviderSettings;
  readonly secret: object | undefined;
}

export interface LocalProviders {
  readonly byName: Readonly<Record<string, LocalProvider>>;
  /** The built-in servers; absent if the providers come from a file. */
  readonly proveServer?: ProveServer;
  readonly oauthServer?: OauthServer;
  readonly pipeshubServer?: PipeshubServer;
  close(): Promise<void>;
}

/**
 * Reads a providers file: name → provider settings, with `secret`, the object to put into the secret. `secretId` is optional.
 *
 * @throws ConfigError that names every mistake
 */
export function parseProvidersFile(text: string): LocalProviders {
  const file = parseJsonObject(text);
  const byName = Object.fromEntries(Object.entries(file).map(([name, entry]) => [name, splitEntry(name, entry)]));
  const mistakes = [...findSettingsMistakes(byName), ...findSecretMistakes(byName)];
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return { byName, close: async () => {} };
}

const where = 'providers';

function parseJsonObject(text: string): object {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    throw new ConfigError([`${where}: the file is not JSON`]);
  }
  if (isObject(file)) return file;
  throw new ConfigError([`${where} must be an object of provider name → provider settings`]);
}

/** The settings are validated afterwards, all at once; until then their type is unchecked. */
function splitEntry(name: string, entry: unknown): LocalProvider {
  if (!isObject(entry)) return { settings: entry as ProviderSettings, secret: undefined };
  const { secret, ...settings } = { secretId: defaultSecretId(name), ...entry } as ProviderSettings & {
    secret?: object;
  };
  return { settings, secret };
}

function findSettingsMistakes(byName: LocalProviders['byName']): readonly string[] {
  try {
    parseProviders(settingsByName(byName), where);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
}

function findSecretMistakes(byName: LocalProviders['byName']): readonly string[] {
  const wrong = Object.entries(byName).filter(([, { secret }]) => secret !== undefined && !isObject(secret));
  return wrong.map(([name]) => `${where}.${name}.secret must be an object`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function settingsByName(providers: LocalProviders['byName']): Record<string, ProviderSettings> {
  return Object.fromEntries(Object.entries(providers).map(([name, { settings }]) => [name, settings]));
}

export function defaultSecretId(name: string): string {
  return `token-vending/local/${name}`;
}
