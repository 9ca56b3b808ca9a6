import { App, type AppProps, type Stack, Validations } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Environment } from './settings/environment.ts';
import { EnvironmentsError, type ParseOptions, parseEnvironments } from './settings/parse-environments.ts';
import { findExceededLimits } from './stack-limits.ts';
import { TokenVendingStack } from './token-vending-stack.ts';

export interface CreateAppOptions extends ParseOptions {
  readonly environments: Readonly<Record<string, Environment>>;
  /** Folder with the functions' bundles, as `bundleFunctions` makes it. */
  readonly bundlesDirectory: string;
  readonly props?: AppProps;
}

/**
 * The CDK app, with a stack `TokenVending-{environment}` per environment. Synthesis fails on a cdk-nag finding without a reason.
 *
 * @throws EnvironmentsError that names every mistake, and every environment that is too large for AWS
 */
export function createApp({ environments, bundlesDirectory, props = {}, ...options }: CreateAppOptions): App {
  // Without CDK's own metadata resource a template is shorter.
  const app = new App({ analyticsReporting: false, ...props, context: { ...recommendedFlags, ...props.context } });
  const { allowLoopback = false } = options;
  const mistakes: string[] = [];
  // All of them are judged before the first is built.
  const parsed = parseEnvironments(environments, options);
  const stacks = new Map<string, Stack>();
  for (const [name, { account, region }] of parsed) {
    const stack = new TokenVendingStack(app, `TokenVending-${name}`, {
      vending: { ...(environments[name] as Environment), environmentName: name, bundlesDirectory, allowLoopback },
      description: `Vends OAuth 2.0 access tokens to IAM-authorized callers (${name})`,
      env: { ...(account && { account }), ...(region && { region }) },
    });
    stacks.set(name, stack);
    mistakes.push(...findExceededLimits(name, stack));
  }
  for (const [name, { replicaOf }] of parsed) {
    // A secret is replicated to a key that must be there.
    if (replicaOf !== undefined) stacks.get(replicaOf)?.addStackDependency(stacks.get(name) as Stack);
  }
  if (mistakes.length > 0) throw new EnvironmentsError(mistakes);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
