export type { Fetch } from './http/fetch.ts';
export type { Credentials, CredentialsSource } from './vend/signer.ts';
export type { VendedToken } from './vended-token.ts';
export {
  type AuthorizedFetchOptions,
  createVendingClient,
  type TokenOptions,
  type VendingClient,
  type VendingClientOptions,
} from './vending-client.ts';
export { VendingError } from './vending-error.ts';
