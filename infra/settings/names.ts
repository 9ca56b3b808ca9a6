/** A provider's name as part of a CloudFormation output's name, which takes letters and digits only. */
export function outputSuffix(provider: string): string {
  return provider
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** The name of the secret that the stack creates for a provider. */
export function secretName(environment: string, provider: string): string {
  return `token-vending/${environment}/${provider}`;
}
