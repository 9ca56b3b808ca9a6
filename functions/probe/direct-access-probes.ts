import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { failed, notRefused, type Probe, passed, type Verdict } from './probe-result.ts';

// Neither probe takes what it must not get. If the refusal is missing, a secret is not read, and no token is vended.

/** A label that no version has. IAM is asked before Secrets Manager looks for it. */
const noVersion = 'token-vending-probe';

export function createSecretProbe(
  client: Pick<SecretsManagerClient, 'send'>,
  provider: string,
  SecretId: string,
): Probe {
  return {
    name: `secret of ${provider}`,
    run: () => expectDenied(() => client.send(new GetSecretValueCommand({ SecretId, VersionStage: noVersion }))),
  };
}

/** @param FunctionName ARN of the vending function's alias; the function itself is tried as well */
export function createFunctionProbe(client: Pick<LambdaClient, 'send'>, FunctionName: string): Probe {
  const names = new Set([FunctionName, FunctionName.split(':').slice(0, 7).join(':')]);
  return {
    name: 'vending function',
    async run() {
      for (const name of names) {
        // DryRun tells whether the caller may invoke it, and does not.
        const invoke = new InvokeCommand({ FunctionName: name, InvocationType: 'DryRun' });
        const verdict = await expectDenied(() => client.send(invoke));
        if (verdict.outcome !== 'passed') return verdict;
      }
      return passed('AccessDeniedException');
    },
  };
}

/** What a service says after IAM has let the caller through. */
const afterIam: ReadonlySet<string> = new Set([
  'ResourceNotFoundException',
  'InvalidRequestException',
  'InvalidParameterException',
  'DecryptionFailure',
]);

async function expectDenied(ask: () => Promise<unknown>): Promise<Verdict> {
  try {
    await ask();
    return notRefused('let through');
  } catch (error) {
    const name = nameOf(error);
    if (name === 'AccessDeniedException') return passed(name);
    if (afterIam.has(name)) return notRefused(`let through by IAM: ${name}`);
    return failed(`could not be asked (${name})`);
  }
}

/** A network error has no name of its own, but a code. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return error.name === 'Error' ? ((error as NodeJS.ErrnoException).code ?? error.name) : error.name;
}
