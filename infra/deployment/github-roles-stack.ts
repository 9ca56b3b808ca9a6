import { Aws, CfnOutput, DefaultStackSynthesizer, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import {
  CfnOIDCProvider,
  Effect,
  PolicyDocument,
  PolicyStatement,
  Role,
  WebIdentityPrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { outputSuffix } from '../settings/contradictions.ts';

export interface GitHubRolesProps extends StackProps {
  /** As it stands in the tokens' `sub`: `owner/name`, or with the ids that newer repositories have, `owner@1/name@2`. */
  readonly repository: string;
  /** Name → region, if the environment's settings name one. */
  readonly environments: ReadonlyMap<string, string | undefined>;
  /** An account has at most one provider for GitHub; `existing` uses it. */
  readonly oidcProvider: 'create' | 'existing';
}

const issuer = 'token.actions.githubusercontent.com';

/** Of `cdk bootstrap`. All but the image role: this app has no images. */
type BootstrapRole = 'deploy-role' | 'file-publishing-role' | 'lookup-role';

/**
 * The roles that GitHub's workflows take by OpenID Connect, without any stored key: one per environment that deploys it, and one
 * that shows pull requests what would change. None may do more than take roles of `cdk bootstrap`, look at the stack and start
 * the prober.
 * https://docs.github.com/en/actions/reference/security/oidc
 */
export class GitHubRolesStack extends Stack {
  private readonly providerArn: string;
  private readonly repository: string;

  constructor(
    scope: Construct,
    id: string,
    { repository, environments, oidcProvider, ...stackProps }: GitHubRolesProps,
  ) {
    super(scope, id, { description: 'Lets GitHub workflows deploy the token vending environments', ...stackProps });
    this.repository = repository;
    this.providerArn =
      oidcProvider === 'create'
        ? new CfnOIDCProvider(this, 'Provider', { url: `https://${issuer}`, clientIdList: ['sts.amazonaws.com'] }).ref
        : this.formatArn({ service: 'iam', region: '', resource: 'oidc-provider', resourceName: issuer });
    for (const [name, region = Aws.REGION] of environments) this.addDeployRole(name, region);
    this.addDiffRole(new Set([...environments.values()].map((region) => region ?? Aws.REGION)));
  }

  private addDeployRole(environment: string, region: string): void {
    const stackName = `TokenVending-${environment}`;
    const stack = `cloudformation:${region}:${Aws.ACCOUNT_ID}:stack/${stackName}/*`;
    const prober = `lambda:${region}:${Aws.ACCOUNT_ID}:function:${stackName}-Probe*`;
    const role = this.addRole(`Deploy${outputSuffix(environment)}`, `environment:${environment}`, [
      this.takeBootstrapRoles(region, ['deploy-role', 'file-publishing-role', 'lookup-role']),
      new PolicyStatement({
        sid: 'ReadOutputs',
        actions: ['cloudformation:DescribeStacks'],
        resources: [`arn:${this.partition}:${stack}`],
      }),
      new PolicyStatement({
        sid: 'StartProber',
        actions: ['lambda:InvokeFunction'],
        resources: [`arn:${this.partition}:${prober}`],
      }),
    ]);
    for (const resource of [stack, prober]) {
      Validations.of(role).acknowledge({
        id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:${nameTokens(resource)}]`,
        reason: "CloudFormation makes up the end of these names. What stands before it is one environment's.",
      });
    }
  }

  /** Reads templates with the lookup role alone, for whatever a pull request's own code does with it. */
  private addDiffRole(regions: ReadonlySet<string>): void {
    const statements = [...regions].map((region) => this.takeBootstrapRoles(region, ['lookup-role']));
    this.addRole('Diff', 'pull_request', statements);
  }

  private addRole(id: string, context: string, statements: readonly PolicyStatement[]): Role {
    const role = new Role(this, id, {
      description: `Taken by GitHub workflows of ${this.repository}, ${context}`,
      assumedBy: new WebIdentityPrincipal(this.providerArn, {
        StringEquals: {
          [`${issuer}:aud`]: 'sts.amazonaws.com',
          [`${issuer}:sub`]: `repo:${this.repository}:${context}`,
        },
      }),
      inlinePolicies: { deployment: new PolicyDocument({ statements: [...statements] }) },
    });
    new CfnOutput(this, `${id}RoleArn`, { value: role.roleArn });
    return role;
  }

  private takeBootstrapRoles(region: string, roles: readonly BootstrapRole[]): PolicyStatement {
    const qualifier =
      this.node.tryGetContext('@aws-cdk/core:bootstrapQualifier') ?? DefaultStackSynthesizer.DEFAULT_QUALIFIER;
    return new PolicyStatement({
      effect: Effect.ALLOW,
      actions: ['sts:AssumeRole'],
      resources: roles.map(
        (role) => `arn:${this.partition}:iam::${this.account}:role/cdk-${qualifier}-${role}-${this.account}-${region}`,
      ),
    });
  }
}

/** As cdk-nag writes what only CloudFormation knows. */
function nameTokens(text: string): string {
  return text.replaceAll(Aws.REGION, '<AWS::Region>').replaceAll(Aws.ACCOUNT_ID, '<AWS::AccountId>');
}
