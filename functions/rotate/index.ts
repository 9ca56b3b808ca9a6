import { setTimeout } from 'node:timers/promises';
import { createClock } from '../shared/clock.ts';
import { parseConfig } from '../shared/config.ts';
import { createSend } from '../shared/http-client.ts';
import { writeToStdout } from '../shared/log.ts';
import { createSecretsManagerClient } from '../shared/secrets-manager-client.ts';
import { createRotationHandler } from './handler.ts';

/** What Lambda runs. A mistake in the settings ends the cold start with an error that names all of them. */
export const handler = createRotationHandler({
  config: parseConfig(process.env),
  secretsManager: createSecretsManagerClient(),
  send: createSend(),
  now: createClock(),
  random: Math.random,
  sleep: (ms) => setTimeout(ms),
  write: writeToStdout,
  functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? 'unknown',
});
