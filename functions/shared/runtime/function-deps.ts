import { setTimeout } from 'node:timers/promises';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createSecretsManagerClient } from '../secrets/secrets-manager-client.ts';
import type { EarlyDeps } from './early-deps.ts';
import { writeToStdout } from './log.ts';

/** What every function takes from outside itself; a test brings its own. */
export interface FunctionDeps extends EarlyDeps {
  readonly secretsManager: Pick<SecretsManagerClient, 'send'>;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Takes each log line with its line feed. */
  readonly write: (line: string) => void;
  /** A dimension of the metrics. */
  readonly functionName: string;
}

/** As Lambda has them. */
export function createFunctionDeps(early: EarlyDeps): FunctionDeps {
  return {
    ...early,
    secretsManager: createSecretsManagerClient(early.http.send),
    random: Math.random,
    sleep: (ms) => setTimeout(ms),
    write: writeToStdout,
    functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? 'unknown',
  };
}
