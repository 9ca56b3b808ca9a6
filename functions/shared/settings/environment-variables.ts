/** The environment variables that carry the settings to the functions; whoever deploys them sets these names. */
export const environmentVariables = {
  /** JSON object: provider name → provider settings (`provider-settings.ts`). */
  providers: 'PROVIDERS',
} as const;
