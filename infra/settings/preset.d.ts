import * as v from 'valibot';
import type { ProviderSettings } from '../../functions/shared/settings/provider-settings.ts';
declare const existingSecretSchema: v.StrictObjectSchema<{
    /** Complete, with the six characters that Secrets Manager adds to the name. */
    readonly arn: v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, "must be the complete ARN of a secret, with its last six characters">]>;
    /** ARN of the KMS key that encrypts it; omitted for the account's `aws/secretsmanager` key. */
    readonly keyArn: v.OptionalSchema<v.SchemaWithPipe<readonly [v.StringSchema<"must be a string">, v.RegexAction<string, "must be the ARN of a KMS key (not of an alias)">]>, undefined>;
}, undefined>;
/** A secret that another team owns. The stack only lets the functions read it. */
export type ExistingSecret = v.InferOutput<typeof existingSecretSchema>;
/** Options of every preset besides its own: any setting of a provider, which replaces the preset's. */
export type CommonOptions = Partial<Omit<ProviderSettings, 'secretId'>> & {
    readonly existingSecret?: v.InferInput<typeof existingSecretSchema>;
};
/** A provider as the preset makes it. The environment decides where its secret is. */
export interface PresetResult {
    readonly settings: Omit<ProviderSettings, 'secretId'>;
    /** Without it the stack creates the secret. */
    readonly existingSecret: ExistingSecret | undefined;
}
/** One provider of one environment. Its options are validated together with the whole environment. */
export interface ProviderEntry {
    /** @returns the mistakes in the options, each starting with `where`, if there are any */
    parse(where: string): PresetResult | {
        readonly mistakes: readonly string[];
    };
}
/**
 * Makes a preset: a function that accepts the options in `own` and the common ones, and knows the rest of a provider's
 * settings.
 */
export declare function createPreset<Own extends v.ObjectEntries>(own: Own, toSettings: (options: v.InferOutput<v.ObjectSchema<Own, undefined>>) => Omit<ProviderSettings, 'secretId'>): (options: CommonOptions & v.InferInput<v.ObjectSchema<Own, undefined>>) => ProviderEntry;
export {};
