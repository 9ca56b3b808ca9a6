import { App, type AppProps, Validations } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { AwsSolutionsChecks } from 'cdk-nag';
import type { ParsedEnvironment } from './settings/parse-environments.ts';
import { TokenVendingStack } from './token-vending-stack.ts';

export interface CreateAppOptions {
  readonly environments: Iterable<ParsedEnvironment>;
  /** Folder with the vending function's bundle. */
  readonly vendDirectory: string;
  /** Folder with the rotation function's bundle. */
  readonly rotateDirectory: string;
  readonly props?: AppProps;
}

/** The CDK app: a stack `TokenVending-{environment}` each. Synthesis fails on a finding of cdk-nag without a reason. */
export function createApp({ environments, vendDirectory, rotateDirectory, props = {} }: CreateAppOptions): App {
  // Templates stay free of CDK's own metadata resource: there is less to read.
  const app = new App({ analyticsReporting: false, ...props, context: { ...recommendedFlags, ...props.context } });
  for (const environment of environments) {
    new TokenVendingStack(app, `TokenVending-${environment.name}`, {
      environment,
      vendDirectory,
      rotateDirectory,
      description: `Vends OAuth 2.0 access tokens to IAM-authorized callers (${environment.name})`,
      env: accountAndRegion(environment),
    });
  }
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}

/** What the entry leaves out comes from the AWS credentials in use, which the CDK command passes on; offline, nothing. */
function accountAndRegion({ account, region }: ParsedEnvironment): { account?: string; region?: string } {
  const { CDK_DEFAULT_ACCOUNT, CDK_DEFAULT_REGION } = process.env;
  const accountId = account ?? CDK_DEFAULT_ACCOUNT;
  const regionName = region ?? CDK_DEFAULT_REGION;
  return {
    ...(accountId === undefined ? {} : { account: accountId }),
    ...(regionName === undefined ? {} : { region: regionName }),
  };
}
