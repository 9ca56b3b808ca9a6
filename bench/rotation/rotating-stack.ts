import type { Caller } from '../../local/gateway/callers.ts';
import { functionArn } from '../../local/lambda/function-settings.ts';
import { type ProveServer, startProveServer } from '../../local/providers/prove-server.ts';
import type { RotationFunction } from '../../local/secrets-manager/rotations.ts';
import { SecretStore } from '../../local/secrets-manager/secret-store.ts';
import { startSecretsManager } from '../../local/secrets-manager/secrets-manager.ts';
import { startStack } from '../../local/stack.ts';

export interface RotatingStack {
  readonly endpoint: string;
  readonly caller: Caller;
  readonly prove: ProveServer;
  readonly store: SecretStore;
  /** Makes the rotation end before this step, once, as when the function's instance dies. */
  interruptBefore(step: string): void;
  close(): Promise<void>;
}

export interface RotatingStackOptions {
  readonly maxInstances: number;
  readonly tokenStore: 'memory' | 'dynamodb';
  readonly tokenLifetimeSeconds: number;
  /** Takes the bundles. */
  readonly directory: string;
  /** Gets each line of the vending function's log. */
  readonly onVendLine: (line: string) => void;
}

export const secretId = 'token-vending/local/prove';
const first = { clientId: 'bench-client', clientSecret: 'the-first-secret' };

/** The local stack on a Secrets Manager of our own, which can cut off its calls of the rotation function. */
export async function startRotatingStack(options: RotatingStackOptions): Promise<RotatingStack> {
  let interrupted: string | undefined;
  const rotationFunction: RotationFunction = {
    arn: functionArn('rotate'),
    async invoke(event) {
      if ((event as { Step: string }).Step === interrupted) {
        interrupted = undefined;
        throw new Error('interrupted');
      }
      return stack.rotations.invoke(event);
    },
  };
  const store = new SecretStore(Date.now, rotationFunction);
  const secretsManager = await startSecretsManager(store);
  const prove = await startProveServer({
    ...first,
    tokenLifetimeSeconds: options.tokenLifetimeSeconds,
    requestsPerSecond: 1000,
  });
  const settings = { tokenUrl: prove.tokenUrl, secretId, dialect: 'prove' as const };
  const secret = { client_id: first.clientId, client_secret: first.clientSecret };
  const stack = await startStack({
    port: 0,
    maxInstances: options.maxInstances,
    tokenStore: options.tokenStore,
    providers: { byName: { prove: { settings, secret } }, proveServer: prove, close: prove.close },
    directory: options.directory,
    secretsManagerUrl: secretsManager.url,
    onAnswered: () => {},
    onFunctionLine: options.onVendLine,
    onRotationLine: () => {},
  });
  store.RotateSecret({ SecretId: secretId, RotationLambdaARN: rotationFunction.arn, RotateImmediately: false });
  const { endpoint, callers } = stack.description;
  return {
    endpoint,
    caller: callers['orders'] as Caller,
    prove,
    store,
    interruptBefore(step) {
      interrupted = step;
    },
    async close() {
      await stack.close();
      await secretsManager.close();
    },
  };
}
