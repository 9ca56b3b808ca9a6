import type { ProviderSettings } from '../../functions/shared/settings/provider-settings.ts';
import type { ExistingSecret, ProviderEntry } from './preset.ts';
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
 * @param options.allowLoopback a token endpoint on loopback makes sense only in an emulator, where the function runs on this
 *   machine
 */
export declare function parseProviderEntries(environment: string, entries: Readonly<Record<string, ProviderEntry>>, options: {
    readonly allowLoopback: boolean;
}): ParsedProviders;
