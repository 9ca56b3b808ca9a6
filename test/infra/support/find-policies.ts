import type { Statement } from './iam-policy.ts';
import { apiId, type Resource } from './resolve-template.ts';
import { account, region } from './synthesize.ts';

type Resources = Readonly<Record<string, Resource>>;

/** The only resource of a type whose logical id has this prefix. */
export function findOne(resources: Resources, type: string, prefix = ''): readonly [string, Resource] {
  const found = Object.entries(resources).filter(([id, { Type }]) => Type === type && id.startsWith(prefix));
  const [only, ...others] = found;
  if (only === undefined || others.length > 0)
    throw new Error(`There are ${found.length} ${type} that start ${prefix}`);
  return only;
}

/** Every statement of a role's own policies. CDK splits a policy that is too large. */
export function roleStatements(resources: Resources, roleId: string): readonly Statement[] {
  const attached = Object.values(resources).filter(
    ({ Type, Properties }) =>
      ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].includes(Type) && Properties['Roles']?.includes(roleId),
  );
  return attached.flatMap(({ Properties }) => Properties['PolicyDocument'].Statement);
}

/** The statements of the resource policy of a secret. */
export function secretStatements(resources: Resources, secretArn: string): readonly Statement[] {
  return Object.values(resources)
    .filter(
      ({ Type, Properties }) => Type === 'AWS::SecretsManager::ResourcePolicy' && Properties['SecretId'] === secretArn,
    )
    .flatMap(({ Properties }) => Properties['ResourcePolicy'].Statement);
}

/** The API's resource policy with the resources written out, as API Gateway does. */
export function apiStatements(resources: Resources): readonly Statement[] {
  const [, { Properties }] = findOne(resources, 'AWS::ApiGateway::RestApi');
  const text = JSON.stringify(Properties['Policy'].Statement);
  return JSON.parse(text.replaceAll('"execute-api:/', `"arn:aws:execute-api:${region}:${account}:${apiId}/`));
}

/** The statements of a managed policy, by its name. */
export function managedStatements(resources: Resources, name: string): readonly Statement[] {
  const named = Object.values(resources).find(({ Properties }) => Properties?.['ManagedPolicyName'] === name);
  if (named === undefined) throw new Error(`There is no managed policy ${name}`);
  return named.Properties['PolicyDocument'].Statement;
}
