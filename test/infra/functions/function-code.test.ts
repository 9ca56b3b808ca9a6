import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { functionCode } from '../../../infra/functions/function-code.ts';
import type { ParsedProvider } from '../../../infra/settings/parse-provider-entries.ts';

const bundle = join(import.meta.dirname, '../support/stub-function');
const providers = new Map<string, ParsedProvider>([
  ['prove', { settings: { tokenUrl: 'https://a.example/token', secretId: 's' }, existingSecret: undefined }],
]);

// CDK tells of every asset that it makes.
beforeEach(() => {
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  jest.restoreAllMocks();
});

function synthesize(named: ReadonlyMap<string, ParsedProvider>): { asset: string; hash: string } {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  const code = functionCode(bundle, named);
  new LambdaFunction(stack, 'Function', { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code });
  const [lambda] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
  const [asset = ''] = readdirSync(app.outdir).filter((name) => name.startsWith('asset.'));
  return { asset: join(app.outdir, asset), hash: lambda?.['Properties'].Code.S3Key };
}

test('a function’s code is the bundle with the settings file beside it', () => {
  const { asset } = synthesize(providers);
  expect(readdirSync(asset).sort()).toEqual(['index.js', 'settings.json']);
  expect(readFileSync(join(asset, 'index.js'), 'utf8')).toBe(readFileSync(join(bundle, 'index.js'), 'utf8'));
  expect(JSON.parse(readFileSync(join(asset, 'settings.json'), 'utf8'))).toEqual({
    providers: { prove: { tokenUrl: 'https://a.example/token', secretId: 's' } },
  });
});

test('the same bundle and settings have the same hash, other settings have another', () => {
  const { hash } = synthesize(providers);
  expect(synthesize(new Map(providers)).hash).toBe(hash);
  expect(synthesize(new Map([...providers].map(([, provider]) => ['other', provider]))).hash).not.toBe(hash);
});
