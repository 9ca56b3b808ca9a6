export type { ITokenVending } from '../api/environment-parameters.ts';
export type { Environment } from '../settings/environment.ts';
export { EnvironmentsError } from '../settings/parse-environments.ts';
export type { CommonOptions, ProviderEntry } from '../settings/preset.ts';
export { auth0, cognito, entra, oauth2, okta, pipeshub, prove } from '../settings/providers.ts';
export { TokenVending, type TokenVendingProps } from '../token-vending.ts';
