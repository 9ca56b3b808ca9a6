import type { Template } from 'aws-cdk-lib/assertions';
import { account, region } from './synthesize.ts';

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template has no type; a test reads whatever it expects
  readonly Properties: Readonly<Record<string, any>>;
}

/** The API's id in a resolved template. */
export const apiId = 'a1b2c3d4e5';

/**
 * A template's resources with every reference replaced by a name or ARN as AWS would give it, so that the policies can be
 * evaluated.
 *
 * @throws Error on a CloudFormation function that it does not know
 */
export function resolveTemplate(template: Template): Readonly<Record<string, Resource>> {
  const { Resources } = template.toJSON() as { Resources: Record<string, Resource> };
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== 'object' || value === null) return value;
    const [[name, argument] = ['', undefined], ...others] = Object.entries(value);
    if (others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) {
      return callFunction(name, resolve(argument), Resources, resolve);
    }
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
  };
  return resolve(Resources) as Record<string, Resource>;
}

type Resolve = (value: unknown) => unknown;

function callFunction(
  name: string,
  argument: unknown,
  resources: Readonly<Record<string, Resource>>,
  resolve: Resolve,
): unknown {
  if (name === 'Ref') return pseudoParameters[String(argument)] ?? refOf(String(argument), resources, resolve);
  if (name === 'Fn::GetAtt') {
    const [logicalId, attribute] = argument as [string, string];
    return attributeOf(logicalId, attribute, resources, resolve);
  }
  if (name === 'Fn::Join') {
    const [separator, parts] = argument as [string, string[]];
    return parts.join(separator);
  }
  if (name === 'Fn::Sub') return String(argument).replace(/\$\{([^}]+)\}/g, (_, key) => pseudoParameters[key] ?? key);
  throw new Error(`${name} is not known here`);
}

const pseudoParameters: Readonly<Record<string, string>> = {
  'AWS::AccountId': account,
  'AWS::Partition': 'aws',
  'AWS::Region': region,
  'AWS::URLSuffix': 'amazonaws.com',
};

function refOf(logicalId: string, resources: Readonly<Record<string, Resource>>, resolve: Resolve): string {
  const { Type, Properties = {} } = findResource(logicalId, resources);
  if (Type === 'AWS::ApiGateway::RestApi') return apiId;
  if (Type === 'AWS::ApiGateway::Stage') return Properties['StageName'];
  if (Type === 'AWS::Logs::LogGroup') return Properties['LogGroupName'];
  if (Type === 'AWS::IAM::ManagedPolicy') return `arn:aws:iam::${account}:policy/${Properties['ManagedPolicyName']}`;
  if (Type === 'AWS::SNS::Topic') return `arn:aws:sns:${region}:${account}:${logicalId}`;
  if (Type === 'AWS::Lambda::Alias') {
    return `arn:aws:lambda:${region}:${account}:function:${resolve(Properties['FunctionName'])}:${Properties['Name']}`;
  }
  return logicalId;
}

function attributeOf(
  logicalId: string,
  attribute: string,
  resources: Readonly<Record<string, Resource>>,
  resolve: Resolve,
): string {
  const { Type, Properties } = findResource(logicalId, resources);
  const at = `${region}:${account}`;
  if (Type === 'AWS::SecretsManager::Secret') return `arn:aws:secretsmanager:${at}:secret:${Properties['Name']}-AbCdEf`;
  if (attribute !== 'Arn') return `${logicalId}.${attribute}`;
  if (Type === 'AWS::KMS::Key') return `arn:aws:kms:${at}:key/${logicalId}`;
  if (Type === 'AWS::IAM::Role') return `arn:aws:iam::${account}:role/${logicalId}`;
  if (Type === 'AWS::Logs::LogGroup') return `arn:aws:logs:${at}:log-group:${refOf(logicalId, resources, resolve)}:*`;
  if (Type === 'AWS::Events::Rule') return `arn:aws:events:${at}:rule/${logicalId}`;
  if (Type === 'AWS::Lambda::Function') return `arn:aws:lambda:${at}:function:${logicalId}`;
  if (Type.startsWith('AWS::CloudWatch::')) return `arn:aws:cloudwatch:${at}:alarm:${Properties['AlarmName']}`;
  throw new Error(`The ARN of a ${Type} is not known here`);
}

function findResource(logicalId: string, resources: Readonly<Record<string, Resource>>): Resource {
  const resource = resources[logicalId];
  if (resource === undefined) throw new Error(`The template has no resource ${logicalId}`);
  return resource;
}
