import { join } from 'node:path';
import { CliCredentialsStackSynthesizer, type IReusableStackSynthesizer, Stack } from 'aws-cdk-lib';
import { bundleFunctions } from '../../infra/bundling.ts';
import { createApp } from '../../infra/create-app.ts';
import type { Environment } from '../../infra/settings/environment.ts';
import { prove } from '../../infra/settings/providers.ts';
import { leaveOutMissing } from './missing-in-ministack.ts';

/**
 * The CDK app of the end-to-end test: the product's stack, in an environment `emulator` that is as strict as `prod`.
 * TOKEN_URL is Prove's token server on this machine; MEMORY_MB is the setting that the update changes.
 */
const { TOKEN_URL = '', MEMORY_MB = '512' } = process.env;
const emulator: Environment = {
  providers: { prove: prove({ server: 'uat-us', tokenUrl: TOKEN_URL }) },
  memoryMb: Number(MEMORY_MB),
  tokenStore: 'dynamodb',
  logRetentionDays: 1,
  removal: 'destroy',
  deployment: 'canary',
  prober: true,
  alarms: { page: { email: 'nobody@example.com' }, ticket: { email: 'nobody@example.com' } },
  callers: [{ organizationIds: ['o-exampleorg1'], providers: ['prove'] }],
};
const bundlesDirectory = join(import.meta.dirname, '../../.build/e2e');
await bundleFunctions(bundlesDirectory);
const app = createApp({
  environments: { emulator },
  bundlesDirectory,
  allowLoopback: true,
  // MiniStack refuses CDK's own deployment roles a bucket whose policy it does not read as AWS does.
  props: { defaultStackSynthesizer: new CliCredentialsStackSynthesizer() as IReusableStackSynthesizer },
});
for (const child of app.node.children) if (Stack.isStack(child)) leaveOutMissing(child);
app.synth();
