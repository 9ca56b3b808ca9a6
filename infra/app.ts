import { join } from 'node:path';
import { bundleFunction } from './bundling.ts';
import { createApp } from './create-app.ts';
import { environments } from './environments.ts';
import { EnvironmentsError, parseEnvironments } from './settings/parse-environments.ts';

try {
  // The CDK command says which account and region the AWS credentials in use belong to; offline it does not.
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
  const parsed = parseEnvironments(environments, { account, region });
  const vendDirectory = join(import.meta.dirname, '../.build/vend');
  const rotateDirectory = join(import.meta.dirname, '../.build/rotate');
  await Promise.all([bundleFunction('vend', vendDirectory), bundleFunction('rotate', rotateDirectory)]);
  createApp({ environments: parsed.values(), vendDirectory, rotateDirectory }).synth();
} catch (error) {
  if (!(error instanceof EnvironmentsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
