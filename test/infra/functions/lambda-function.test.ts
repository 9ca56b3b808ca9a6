import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { parseConfig } from '../../../functions/shared/settings/config.ts';
import type { Environment } from '../../../infra/settings/environment.ts';
import { oauth2, prove } from '../../../infra/settings/providers.ts';
import { createTestApp, synthesize } from '../support/synthesize.ts';

describe('a function’s code', () => {
  const providers = { prove: prove({ server: 'uat-us' }) };

  // CDK reports every asset that it makes.
  beforeEach(() => {
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** The folders that would be uploaded; the stub is the bundle of both functions. */
  function assetsOf(environment: Partial<Environment>): string[] {
    const { outdir } = createTestApp({ test: { providers, ...environment } }, { bundling: true });
    return readdirSync(outdir).flatMap((name) => (name.startsWith('asset.') ? [join(outdir, name)] : []));
  }

  test('is the bundle with the settings file beside it', () => {
    const [asset = '', ...others] = assetsOf({ logLevel: 'warn' });
    expect(others).toEqual([]);
    expect(readdirSync(asset).sort()).toEqual(['index.js', 'settings.json']);
    const stub = join(import.meta.dirname, '../support/stub-bundles/vend/index.js');
    expect(readFileSync(join(asset, 'index.js'), 'utf8')).toBe(readFileSync(stub, 'utf8'));
    expect(JSON.parse(readFileSync(join(asset, 'settings.json'), 'utf8'))).toEqual({
      logLevel: 'warn',
      providers: {
        prove: {
          dialect: 'prove',
          tokenUrl: 'https://platform.uat.proveapis.com/token',
          secretId: 'token-vending/test/prove',
        },
      },
    });
  });

  test('has the token store and knows the table, only if instances share tokens', () => {
    const hasTokenStore = (asset: string) => readFileSync(join(asset, 'index.js'), 'utf8').includes('token store');
    expect(assetsOf({}).filter(hasTokenStore)).toEqual([]);
    const [asset = ''] = assetsOf({ tokenStore: 'dynamodb' }).filter(hasTokenStore);
    const settings = JSON.parse(readFileSync(join(asset, 'settings.json'), 'utf8'));
    expect(settings).toMatchObject({ tokenStore: { table: 'token-vending-test' } });
  });

  test('knows the limit per caller, and nothing of the web ACL', () => {
    const callerLimit = { requestsPerSecond: 20, burst: 40 };
    const [asset = ''] = assetsOf({ callerLimit: { ...callerLimit, webAcl: 'create' } });
    const settings = readFileSync(join(asset, 'settings.json'), 'utf8');
    expect(JSON.parse(settings)).toMatchObject({ callerLimit });
    expect(parseConfig(settings).callerLimit).toEqual(callerLimit);
  });

  test('has the same hash for the same settings, and another one for others', () => {
    const hashOf = (environment: Partial<Environment>) => assetsOf(environment).map((asset) => asset.split('.').pop());
    const hash = hashOf({});
    expect(hashOf({ memoryMb: 1024, tracing: 'xray' })).toEqual(hash);
    expect(hashOf({ providers: { other: oauth2({ tokenUrl: 'https://a.example/token' }) } })).not.toEqual(hash);
  });
});

describe('both functions', () => {
  const template = synthesize();

  test('run on Node 24 and arm64, with nothing in environment variables, which hold 4 KB', () => {
    template.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Environment: Match.absent(),
    });
  });

  test('write JSON to their own log groups; Lambda filters nothing and keeps its REPORT lines', () => {
    for (const name of ['vend', 'rotate']) {
      template.hasResourceProperties('AWS::Lambda::Function', {
        LoggingConfig: {
          LogFormat: 'JSON',
          LogGroup: { Ref: Match.stringLikeRegexp(`^Logs${name}`) },
          ApplicationLogLevel: 'INFO',
          SystemLogLevel: 'INFO',
        },
      });
    }
  });

  test('with logLevel warn lose REPORT lines, but no line of their own, which may carry metrics', () => {
    synthesize({ logLevel: 'warn' }).allResourcesProperties('AWS::Lambda::Function', {
      LoggingConfig: { ApplicationLogLevel: 'INFO', SystemLogLevel: 'WARN' },
    });
  });

  test('keep their old versions, so that an operator can point the alias at one', () => {
    template.allResources('AWS::Lambda::Version', { DeletionPolicy: 'RetainExceptOnCreate' });
  });

  test('have roles without any of AWS’s own policies', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [Match.objectLike({ Principal: { Service: 'lambda.amazonaws.com' } })],
      },
      ManagedPolicyArns: Match.absent(),
    });
  });

  test('are traced by X-Ray, like the API, only if the settings say so', () => {
    template.allResourcesProperties('AWS::Lambda::Function', { TracingConfig: Match.absent() });
    expect(JSON.stringify(template.toJSON())).not.toContain('xray');
    const traced = synthesize({ tracing: 'xray' });
    traced.allResourcesProperties('AWS::Lambda::Function', { TracingConfig: { Mode: 'Active' } });
    traced.hasResourceProperties('AWS::ApiGateway::Stage', { TracingEnabled: true });
  });
});
