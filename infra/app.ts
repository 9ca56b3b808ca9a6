import { join } from 'node:path';
import { bundleFunctions } from './bundling.ts';
import { createApp } from './create-app.ts';
import { environments } from './environments.ts';
import { EnvironmentsError } from './settings/parse-environments.ts';

try {
  // The CDK command says which account and region the AWS credentials in use belong to; offline it does not.
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
  const bundlesDirectory = join(import.meta.dirname, '../.build');
  await bundleFunctions(bundlesDirectory);
  createApp({ environments, bundlesDirectory, account, region }).synth();
} catch (error) {
  if (!(error instanceof EnvironmentsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
