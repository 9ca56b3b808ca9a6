/** Points the functions' AWS SDK client at the test's Secrets Manager. The client reads only environment variables. */
export function pointSdkAt(secretsManagerUrl: string): void {
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManagerUrl,
  });
}
