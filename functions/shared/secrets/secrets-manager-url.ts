/** The endpoint that the environment names; undefined: the region's own. As the AWS SDK reads it. */
export function configuredEndpoint(environment: NodeJS.ProcessEnv): string | undefined {
  return environment['AWS_ENDPOINT_URL_SECRETS_MANAGER'] ?? environment['AWS_ENDPOINT_URL'];
}

/**
 * Where the AWS SDK will look for Secrets Manager, as far as that can be told without it. A guess: what depends on it is
 * only a connection that is opened early.
 */
export function secretsManagerUrl(environment: NodeJS.ProcessEnv): string {
  const configured = configuredEndpoint(environment);
  if (configured !== undefined) return new URL(configured).href.replace(/\/?$/, '/');
  const region = environment['AWS_REGION'] ?? '';
  return `https://secretsmanager.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`;
}
