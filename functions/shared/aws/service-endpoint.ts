/** The AWS services that the functions call, and the variables that name other endpoints for them. */
const endpointVariables = {
  secretsmanager: 'AWS_ENDPOINT_URL_SECRETS_MANAGER',
  dynamodb: 'AWS_ENDPOINT_URL_DYNAMODB',
} as const;

export type AwsService = keyof typeof endpointVariables;

/** The endpoint that the environment names; undefined: the region's own. As the AWS SDK reads it. */
export function configuredEndpoint(environment: NodeJS.ProcessEnv, service: AwsService): string | undefined {
  return environment[endpointVariables[service]] ?? environment['AWS_ENDPOINT_URL'];
}

/**
 * Where the AWS SDK will look for a service, as far as that can be told without it. A guess: what depends on it is only a
 * connection that is opened early.
 */
export function guessServiceUrl(environment: NodeJS.ProcessEnv, service: AwsService): string {
  const configured = configuredEndpoint(environment, service);
  if (configured !== undefined) return new URL(configured).href.replace(/\/?$/, '/');
  const region = environment['AWS_REGION'] ?? '';
  return `https://${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`;
}
