import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { ProbeReport } from '../../functions/probe/handler.ts';
import type { ProbeResult } from '../../functions/probe/probe-result.ts';
import { OperatorError } from '../operator-error.ts';
import { findEnvironment } from '../target.ts';
import { readStackOutputs } from './probe-target.ts';

/** The prober has 4 minutes. */
const requestHandler = { connectionTimeout: 5_000, requestTimeout: 250_000 };

/** Has the deployed prober run once, and waits for it. @throws OperatorError */
export async function askDeployedProber(environment: string): Promise<readonly ProbeResult[]> {
  const { outputs, region } = await readStackOutputs(environment, findEnvironment(environment).region);
  const FunctionName = outputs.get('ProberFunctionName');
  if (FunctionName === undefined) {
    throw new OperatorError(`${environment} has no prober: set "prober: true" and deploy, or leave out --deployed.`);
  }
  // A run that is tried again would only be a second run.
  const client = new LambdaClient({ region, requestHandler, maxAttempts: 1 });
  const { FunctionError, Payload } = await client.send(new InvokeCommand({ FunctionName }));
  if (FunctionError !== undefined || Payload === undefined) {
    throw new OperatorError(
      `The prober crashed. Its log says why: aws logs tail /token-vending/${environment}/probe --since 10m`,
    );
  }
  return (JSON.parse(Payload.transformToString()) as ProbeReport).results;
}
