import { setTimeout } from 'node:timers/promises';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { fromEnv } from '@aws-sdk/credential-provider-env';
import { writeToStdout } from '../shared/runtime/log.ts';
import { readConfig } from '../shared/settings/config.ts';
import { createApiClient } from './api-client.ts';
import { createProbeHandler } from './handler.ts';

const { env } = process;
const requestHandler = { connectionTimeout: 2_000, requestTimeout: 5_000 };

/** What Lambda runs, by a schedule. Endpoint and ARN are in the environment: they are known only when the stack is deployed. */
export const handler = createProbeHandler({
  config: readConfig(env['LAMBDA_TASK_ROOT'] ?? '.'),
  call: createApiClient({
    endpoint: env['TOKEN_VENDING_ENDPOINT'] ?? '',
    region: env['AWS_REGION'] ?? '',
    readCredentials: fromEnv(),
  }),
  secretsManager: new SecretsManagerClient({ requestHandler }),
  lambda: new LambdaClient({ requestHandler }),
  vendingFunctionArn: env['VENDING_FUNCTION_ARN'] ?? '',
  now: Date.now,
  random: Math.random,
  sleep: (ms) => setTimeout(ms),
  write: writeToStdout,
  functionName: env['AWS_LAMBDA_FUNCTION_NAME'] ?? 'unknown',
});
