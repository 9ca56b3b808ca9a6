import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { createRotationHandler } from '../../../functions/rotate/handler.ts';
import { createHttpClient } from '../../../functions/shared/runtime/http-client.ts';
import { createSecretsManagerClient } from '../../../functions/shared/secrets/secrets-manager-client.ts';
import { parseProviders } from '../../../functions/shared/settings/config.ts';
import { SecretStore } from '../../../local/secrets-manager/secret-store.ts';
import { startSecretsManager } from '../../../local/secrets-manager/secrets-manager.ts';
import { SecretsManagerError } from '../../../local/secrets-manager/secrets-manager-error.ts';
import type { StackDescription } from '../../../local/stack.ts';
import {
  answerJson,
  answerToken,
  type ScriptedProvider,
  startScriptedProvider,
} from '../../support/scripted-provider.ts';
import { pointSdkAt } from '../../support/sdk-environment.ts';

const tool = join(import.meta.dirname, '../../../operator/rotate.ts');
const SecretId = 'token-vending/local/prove';
const arn = 'arn:aws:lambda:us-east-1:111122223333:function:rotate';

export const secretOf = (name: string): string => JSON.stringify({ client_id: 'me', client_secret: `canary-${name}` });

export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

export interface Command {
  readonly child: ChildProcess;
  /** Settles when it has said that a version is staged. */
  readonly staged: Promise<void>;
  readonly ended: Promise<Ran>;
}

/** What the command of an operator works with: a secret, its rotation function and a provider. */
export interface OperatorStack {
  readonly folder: string;
  readonly provider: ScriptedProvider;
  /** From now on the provider accepts only these client secrets. */
  accept(...names: string[]): void;
  /** Does this before the rotation function begins a step of that name. */
  beforeStep(step: string, action: () => unknown): void;
  /** The same after such a step. */
  afterStep(step: string, action: () => unknown): void;
  /** Puts a version as somebody else does. @returns its id */
  put(name: string, stages: readonly string[]): string;
  /** Label → what the version with it holds. */
  labels(): Record<string, string>;
  /** Secrets Manager denies the next request of this operation. */
  refuse(operation: 'GetSecretValue'): void;
  /** When anything about the secret was last changed. */
  changedAt(): unknown;
  /** Settles when no step of a rotation is running. */
  idle(): Promise<void>;
  start(args: readonly string[], stdin?: string): Command;
  run(args: readonly string[], stdin?: string): Promise<Ran>;
  close(): Promise<void>;
}

/** @param content of the secret; null: it has no version */
export async function startOperatorStack(content: string | null = secretOf('old')): Promise<OperatorStack> {
  const folder = await mkdtemp(join(tmpdir(), 'token-vending-operator-'));
  const provider = await startScriptedProvider();
  const before = new Map<string, () => unknown>();
  const after = new Map<string, () => unknown>();
  const running = new Set<Promise<unknown>>();
  const invoke = async (event: unknown): Promise<unknown> => {
    const invocation = invokeHandler(event).finally(() => running.delete(invocation));
    running.add(invocation);
    return invocation;
  };
  const invokeHandler = async (event: unknown): Promise<unknown> => {
    const { Step } = event as { Step: string };
    await before.get(Step)?.();
    const result = await handler(event, { getRemainingTimeInMillis: () => 15_000 });
    await after.get(Step)?.();
    return result;
  };
  const idle = async (): Promise<void> => {
    while (running.size > 0) await Promise.allSettled(running);
  };
  const store = new SecretStore(Date.now, { arn, invoke });
  const secretsManager = await startSecretsManager(store);
  const providers = { prove: { tokenUrl: provider.tokenUrl, secretId: SecretId, dialect: 'prove' as const } };
  const handler = createHandler(secretsManager.url, providers, (line) =>
    appendFileSync(join(folder, '.local/rotate.log'), line),
  );
  store.CreateSecret({ Name: SecretId, ...(content !== null && { SecretString: content }) });
  store.RotateSecret({ SecretId, RotationLambdaARN: arn, RotateImmediately: false });
  const stack: Partial<StackDescription> = {
    secretsManager: secretsManager.url,
    region: 'us-east-1',
    providers,
  };
  await mkdir(join(folder, '.local'));
  await writeFile(join(folder, '.local/stack.json'), JSON.stringify(stack));

  function start(args: readonly string[], stdin = ''): Command {
    const local = ['--env', 'local', '--provider', 'prove'];
    const child = spawn(process.execPath, [tool, ...local, ...args], { cwd: folder });
    let output = '';
    const staged = Promise.withResolvers<void>();
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
        if (output.includes('Staged version')) staged.resolve();
      });
    }
    child.stdin.end(stdin);
    const ended = once(child, 'close').then(([code]) => {
      expect(output).not.toContain('canary');
      return { code, output };
    });
    return { child, staged: staged.promise, ended };
  }

  return {
    folder,
    provider,
    accept(...names) {
      const accepted = names.map((name) => `client_secret=canary-${name}`);
      const refuse = answerJson(401, { code: 8002, message: 'unauthorized' });
      provider.answerWith((response, request, count) => {
        const isAccepted = accepted.some((ending) => request.body.endsWith(ending));
        return (isAccepted ? answerToken() : refuse)(response, request, count);
      });
    },
    beforeStep: (step, action) => before.set(step, action),
    afterStep: (step, action) => after.set(step, action),
    put(name, stages) {
      const put = { SecretId, SecretString: secretOf(name), VersionStages: [...stages] };
      return (store.PutSecretValue(put) as { VersionId: string }).VersionId;
    },
    labels() {
      const { VersionIdsToStages } = store.DescribeSecret({ SecretId }) as {
        VersionIdsToStages: Record<string, string[]>;
      };
      const entries = Object.entries(VersionIdsToStages).flatMap(([VersionId, stages]) => {
        const { SecretString } = store.GetSecretValue({ SecretId, VersionId }) as { SecretString: string };
        const held: string = JSON.parse(SecretString).client_secret;
        return stages.map((stage) => [stage, held.replace('canary-', '')]);
      });
      return Object.fromEntries(entries);
    },
    refuse(operation) {
      const allowed = store[operation].bind(store);
      store[operation] = (input) => {
        store[operation] = allowed;
        throw new SecretsManagerError('AccessDeniedException', `not authorized: ${input.SecretId}`);
      };
    },
    changedAt: () => (store.DescribeSecret({ SecretId }) as { LastChangedDate: unknown }).LastChangedDate,
    idle,
    start,
    run: (args, stdin) => start(args, stdin).ended,
    async close() {
      await idle();
      await Promise.all([secretsManager.close(), provider.close()]);
      await rm(folder, { recursive: true });
    },
  };
}

/** The rotation function as it is deployed, in this process. */
function createHandler(
  secretsManagerUrl: string,
  providers: Parameters<typeof parseProviders>[0],
  write: (line: string) => void,
) {
  pointSdkAt(secretsManagerUrl);
  const http = createHttpClient();
  return createRotationHandler({
    config: { providers: parseProviders(providers, 'providers'), logLevel: 'info' },
    secretsManager: createSecretsManagerClient(http.send),
    http,
    now: Date.now,
    wallClock: Date.now,
    random: Math.random,
    sleep: (ms) => setTimeout(ms),
    write,
    functionName: 'rotate',
  });
}
