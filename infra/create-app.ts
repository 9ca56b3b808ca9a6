import { App, type AppProps, Validations } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { AwsSolutionsChecks } from 'cdk-nag';
import type { ParsedEnvironment } from './settings/environment.ts';
import { EnvironmentsError } from './settings/parse-environments.ts';
import { findExceededLimits } from './stack-limits.ts';
import { TokenVendingStack } from './token-vending-stack.ts';

export interface CreateAppOptions {
  readonly environments: Iterable<ParsedEnvironment>;
  /** Folder with the vending function's bundle. */
  readonly vendDirectory: string;
  /** Folder with the rotation function's bundle. */
  readonly rotateDirectory: string;
  readonly props?: AppProps;
}

/**
 * The CDK app, with a stack `TokenVending-{environment}` per environment. Synthesis fails on a cdk-nag finding without a reason.
 *
 * @throws EnvironmentsError that names every environment that is too large for AWS
 */
export function createApp({ environments, vendDirectory, rotateDirectory, props = {} }: CreateAppOptions): App {
  // Without CDK's own metadata resource a template is shorter.
  const app = new App({ analyticsReporting: false, ...props, context: { ...recommendedFlags, ...props.context } });
  const mistakes: string[] = [];
  for (const environment of environments) {
    const { name, account, region } = environment;
    const stack = new TokenVendingStack(app, `TokenVending-${name}`, {
      environment,
      vendDirectory,
      rotateDirectory,
      description: `Vends OAuth 2.0 access tokens to IAM-authorized callers (${name})`,
      env: { ...(account && { account }), ...(region && { region }) },
    });
    mistakes.push(...findExceededLimits(name, stack));
  }
  if (mistakes.length > 0) throw new EnvironmentsError(mistakes);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
