import * as v from 'valibot';
import { describeIssue } from '../../functions/shared/settings/config.ts';
import type { ProviderSettings } from '../../functions/shared/settings/provider-settings.ts';

const existingSecretSchema = v.strictObject({
  /** Complete, with the six characters that Secrets Manager adds to the name. */
  arn: v.pipe(
    v.string('must be a string'),
    v.regex(
      /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+-[A-Za-z0-9]{6}$/,
      'must be the complete ARN of a secret, with its last six characters',
    ),
  ),
  /** ARN of the KMS key that encrypts it; omitted for the account's `aws/secretsmanager` key. */
  keyArn: v.optional(
    v.pipe(
      v.string('must be a string'),
      v.regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/.+$/, 'must be the ARN of a KMS key (not of an alias)'),
    ),
  ),
});

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
  parse(where: string): PresetResult | { readonly mistakes: readonly string[] };
}

/**
 * Makes a preset: a function that accepts the options in `own` and the common ones, and knows the rest of a provider's
 * settings.
 */
export function createPreset<Own extends v.ObjectEntries>(
  own: Own,
  toSettings: (options: v.InferOutput<v.ObjectSchema<Own, undefined>>) => Omit<ProviderSettings, 'secretId'>,
): (options: CommonOptions & v.InferInput<v.ObjectSchema<Own, undefined>>) => ProviderEntry {
  const schema = v.object(own);
  const secretSchema = v.object({ existingSecret: v.optional(existingSecretSchema) });
  return (options) => ({
    parse(where) {
      const result = v.safeParse(schema, options);
      const secret = v.safeParse(secretSchema, options);
      if (!result.success || !secret.success) {
        const issues = result.success ? (secret.issues ?? []) : [...result.issues, ...(secret.issues ?? [])];
        return { mistakes: [...new Set(issues.map((issue) => describeIssue(where, issue)))] };
      }
      const taken = new Set([...Object.keys(own), 'existingSecret']);
      const others = Object.entries(options).filter(([name]) => !taken.has(name));
      return {
        settings: { ...toSettings(result.output), ...Object.fromEntries(others) },
        existingSecret: secret.output.existingSecret,
      };
    },
  });
}
