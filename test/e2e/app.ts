import { join } from 'node:path';
import { CliCredentialsStackSynthesizer, type IReusableStackSynthesizer, Stack } from 'aws-cdk-lib';
import { CfnRestApi } from 'aws-cdk-lib/aws-apigateway';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
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
for (const child of app.node.children) {
  if (!Stack.isStack(child)) continue;
  leaveOutMissing(child);
  pointProberAtMiniStack(child);
}
app.synth();

/** The host names of execute-api are AWS's own. */
function pointProberAtMiniStack(stack: Stack): void {
  const functions = stack.node.findAll().filter((construct) => construct instanceof CfnFunction);
  const prober = functions.find(({ node }) => node.path.includes('/Probe/'));
  const api = stack.node.findAll().find((construct) => construct instanceof CfnRestApi);
  const endpoint = `${process.env['AWS_ENDPOINT_URL']}/restapis/${api?.ref}/v1/_user_request_`;
  prober?.addPropertyOverride('Environment.Variables.TOKEN_VENDING_ENDPOINT', endpoint);
}
