import { setTimeout } from 'node:timers/promises';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createClock } from './clock.ts';
import { type Config, parseConfig } from './config.ts';
import { createSend, type Send } from './http-client.ts';
import { writeToStdout } from './log.ts';
import { createSecretsManagerClient } from './secrets-manager-client.ts';

/** What every function takes from outside itself; a test brings its own. */
export interface FunctionDeps {
  readonly config: Config;
  readonly secretsManager: Pick<SecretsManagerClient, 'send'>;
  readonly send: Send;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Takes each log line with its line feed. */
  readonly write: (line: string) => void;
  /** A dimension of the metrics. */
  readonly functionName: string;
}

/** As Lambda has them. @throws ConfigError that names every mistake in the settings */
export function createFunctionDeps(): FunctionDeps {
  return {
    config: parseConfig(process.env),
    secretsManager: createSecretsManagerClient(),
    send: createSend(),
    now: createClock(),
    random: Math.random,
    sleep: (ms) => setTimeout(ms),
    write: writeToStdout,
    functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? 'unknown',
  };
}
