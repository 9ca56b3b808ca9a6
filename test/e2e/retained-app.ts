import { join } from 'node:path';
import {
  CfnResource,
  CfnWaitCondition,
  CfnWaitConditionHandle,
  CliCredentialsStackSynthesizer,
  type IReusableStackSynthesizer,
  Stack,
} from 'aws-cdk-lib';
import { bundleFunctions } from '../../infra/bundling.ts';
import { createApp } from '../../infra/create-app.ts';
import { prove } from '../../infra/settings/providers.ts';
import { leaveOutMissing } from './missing-in-ministack.ts';

/**
 * The CDK app of the test of a protected environment whose resources outlive it. PROVIDERS are its providers' names;
 * EXISTING_SECRET and EXISTING_KEY are the ARNs of a secret that the last one has already. With FAIL the deployment fails once
 * everything else is there, as a canary does that is rolled back.
 */
const { PROVIDERS = 'prove', EXISTING_SECRET, EXISTING_KEY = '', FAIL } = process.env;
const names = PROVIDERS.split(',');
const existingSecret = EXISTING_SECRET === undefined ? undefined : { arn: EXISTING_SECRET, keyArn: EXISTING_KEY };
const providers = Object.fromEntries(
  names.map((name) => {
    const isExisting = existingSecret !== undefined && name === names.at(-1);
    return [name, prove({ server: 'uat-us', ...(isExisting && { existingSecret }) })];
  }),
);

function failAtTheEnd(stack: Stack): void {
  const others = stack.node.findAll().filter(CfnResource.isCfnResource);
  const handle = new CfnWaitConditionHandle(stack, 'NobodySignals').ref;
  const failure = new CfnWaitCondition(stack, 'Fails', { handle, timeout: '1', count: 1 });
  for (const other of others) failure.addResourceDependency(other);
}

const bundlesDirectory = join(import.meta.dirname, '../../.build/e2e');
await bundleFunctions(bundlesDirectory);
const app = createApp({
  environments: {
    retained: { providers, logRetentionDays: 1, removal: 'retain', alarms: 'none' },
  },
  bundlesDirectory,
  props: { defaultStackSynthesizer: new CliCredentialsStackSynthesizer() as IReusableStackSynthesizer },
});
for (const child of app.node.children) {
  if (!Stack.isStack(child)) continue;
  leaveOutMissing(child);
  if (FAIL !== undefined) failAtTheEnd(child);
}
app.synth();
