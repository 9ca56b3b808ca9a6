import { judgeProviders } from '../../functions/shared/settings/config.ts';
import type { ProviderSettings } from '../../functions/shared/settings/provider-settings.ts';
import type { ExistingSecret, PresetResult, ProviderEntry } from './preset.ts';

/** A provider as the stack needs it. */
export interface ParsedProvider {
  /** As the functions receive them. */
  readonly settings: ProviderSettings;
  /** Undefined where the stack creates the secret: its name is `settings.secretId`. */
  readonly existingSecret: ExistingSecret | undefined;
}

export interface ParsedProviders {
  /** If there are mistakes, they are good only for further checks. */
  readonly providers: ReadonlyMap<string, ParsedProvider>;
  readonly mistakes: readonly string[];
}

/**
 * @param options.secretsOf the environment whose secrets' names are used; its own unless given
 * @param options.allowLoopback a token endpoint on loopback makes sense only in an emulator, where the function runs on this
 *   machine
 */
export function parseProviderEntries(
  environment: string,
  entries: Readonly<Record<string, ProviderEntry>>,
  options: { readonly allowLoopback: boolean; readonly secretsOf?: string | undefined },
): ParsedProviders {
  const where = `${environment}.providers`;
  const mistakes: string[] = [];
  const providers = new Map<string, ParsedProvider>();
  for (const [name, entry] of Object.entries(entries)) {
    const parsed = parseEntry(`${where}.${name}`, entry);
    if ('mistakes' in parsed) mistakes.push(...parsed.mistakes);
    else {
      const secretId = parsed.existingSecret?.arn ?? `token-vending/${options.secretsOf ?? environment}/${name}`;
      providers.set(name, { ...parsed, settings: { ...parsed.settings, secretId } });
    }
  }
  return { providers, mistakes: [...mistakes, ...settingsMistakes(where, providers, mistakes.length > 0, options)] };
}

function parseEntry(where: string, entry: unknown): PresetResult | { readonly mistakes: readonly string[] } {
  const { parse } = (entry ?? {}) as Partial<ProviderEntry>;
  if (typeof parse === 'function') return parse(where);
  return { mistakes: [`${where} must be made by a preset of infra/settings/providers.ts`] };
}

const urlSettings = ['tokenUrl', 'revocationUrl', 'introspectionUrl'] as const;

/** The mistakes that the functions would report at their cold start, and settings that only an emulator may have. */
function settingsMistakes(
  where: string,
  providers: ReadonlyMap<string, ParsedProvider>,
  hasOthers: boolean,
  { allowLoopback }: { readonly allowLoopback: boolean },
): readonly string[] {
  if (providers.size === 0 && hasOthers) return [];
  const settings = Object.fromEntries([...providers].map(([name, provider]) => [name, provider.settings]));
  const judged = judgeProviders(settings, where);
  if (allowLoopback) return judged.mistakes;
  const onLoopback = [...judged.providers.values()].flatMap((provider) =>
    urlSettings
      .filter((key) => provider[key]?.startsWith('http:') === true)
      .map((key) => `${where}.${provider.name}.${key} must be an https: URL`),
  );
  return [...judged.mistakes, ...onLoopback];
}
