import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { createApp } from '../../../infra/create-app.ts';
import type { Environment } from '../../../infra/settings/environment.ts';
import { prove } from '../../../infra/settings/providers.ts';

export const account = '111122223333';
export const region = 'us-east-1';

/** A stub instead of each function’s bundle. */
export const stubBundles = join(import.meta.dirname, 'stub-bundles');

/**
 * The app of these environments, with a stub instead of the bundles.
 *
 * @param options.bundling whether the settings files are put beside it, for which CDK copies it
 */
export function createTestApp(
  environments: Readonly<Record<string, Environment>>,
  { bundling = false }: { readonly bundling?: boolean } = {},
): App {
  const placed = Object.entries(environments).map(([name, entry]) => [
    name,
    { account, region, alarms: 'none' as const, ...entry },
  ]);
  const props = bundling ? {} : { context: { 'aws:cdk:bundling-stacks': [] } };
  return createApp({ environments: Object.fromEntries(placed), bundlesDirectory: stubBundles, props });
}

/** The template of one environment, `test`, which has the providers `prove` and `prove-eu` unless it says otherwise. */
export function synthesize(overrides: Partial<Environment> = {}): Template {
  const providers = { prove: prove({ server: 'uat-us' }), 'prove-eu': prove({ server: 'uat-eu' }) };
  const app = createTestApp({ test: { providers, ...overrides } });
  return Template.fromStack(findStack(app, 'TokenVending-test'));
}

export function findStack(app: App, name: string): Stack {
  const stack = app.node.findChild(name);
  if (Stack.isStack(stack)) return stack;
  throw new Error(`${name} is not a stack`);
}
