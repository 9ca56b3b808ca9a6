import { App, type AppProps, BootstraplessSynthesizer, type IReusableStackSynthesizer, Validations } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Environment } from '../settings/environment.ts';
import { parseEnvironments } from '../settings/parse-environments.ts';
import { GitHubRolesStack } from './github-roles-stack.ts';

/** A mistake on the command line. */
export class ContextError extends Error {
  override readonly name = 'ContextError';
}

const repositoryPattern = /^[\w.-]+(@\d+)?\/[\w.-]+(@\d+)?$/;

export const usage = `Give the repository as the subject of its OpenID Connect tokens has it, and what differs from the defaults:
  -c repository=OWNER/NAME       or, of a repository created or renamed since July 2026, OWNER@ID/NAME@ID
  -c environments=dev,staging    those of this account; default: all of infra/environments.ts
  -c oidcProvider=existing       if the account already has a provider for token.actions.githubusercontent.com`;

/**
 * The CDK app with the stack `TokenVending-github`, apart from the environments' own: it is deployed once per account, by hand.
 *
 * @throws ContextError
 */
export function createGitHubApp(entries: Readonly<Record<string, Environment>>, props: AppProps = {}): App {
  const app = new App({ analyticsReporting: false, ...props, context: { ...recommendedFlags, ...props.context } });
  const context = (name: string): string | undefined => app.node.tryGetContext(name);
  const repository = context('repository') ?? '';
  if (!repositoryPattern.test(repository)) throw new ContextError(`repository is missing or malformed.\n${usage}`);
  const oidcProvider = context('oidcProvider') ?? 'create';
  if (oidcProvider !== 'create' && oidcProvider !== 'existing') {
    throw new ContextError(`oidcProvider must be create or existing.\n${usage}`);
  }
  const all = parseEnvironments(entries);
  const names = context('environments')?.split(',') ?? [...all.keys()];
  const unknown = names.filter((name) => !all.has(name));
  if (unknown.length > 0) throw new ContextError(`There is no environment ${unknown.join(', ')}.\n${usage}`);
  const environments = new Map(names.map((name) => [name, all.get(name)?.region]));
  // Deployed with an administrator's own credentials: it makes what others deploy with, and has no files to upload.
  const synthesizer = new BootstraplessSynthesizer() as IReusableStackSynthesizer;
  new GitHubRolesStack(app, 'TokenVending-github', { repository, environments, oidcProvider, synthesizer });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
