import { cpSync } from 'node:fs';
import { AssetHashType, DockerImage, type Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Settings } from '../../functions/shared/settings/config.ts';
import type { FunctionNetwork } from '../network/function-network.ts';
import type { ParsedEnvironment } from '../settings/environment.ts';
import { writeSettings } from './settings-file.ts';

export interface LambdaFunctionProps {
  readonly environment: ParsedEnvironment;
  /** Folder with the bundle. */
  readonly bundleDirectory: string;
  readonly logGroup: ILogGroup;
  /** Undefined: Lambda's own network. */
  readonly network: FunctionNetwork | undefined;
  readonly description: string;
  /** Of the role, where somebody must know it beforehand. */
  readonly roleName?: string | undefined;
  readonly handler: string;
  readonly timeout: Duration;
  readonly memorySize: number;
  readonly reservedConcurrentExecutions?: number | undefined;
  /** Lambda holds 4 KB of them. Settings go into the file beside the bundle. */
  readonly environmentVariables?: Readonly<Record<string, string>>;
}

export interface LambdaFunctionAndRole {
  readonly lambda: LambdaFunction;
  /** May write to the function's own log group. The secrets grant their own permissions. */
  readonly role: Role;
}

/** What all functions of an environment have in common. */
export function createLambdaFunction(scope: Construct, props: LambdaFunctionProps): LambdaFunctionAndRole {
  const { environment, bundleDirectory, logGroup, network, roleName, description, ...others } = props;
  const { reservedConcurrentExecutions, environmentVariables, ...own } = others;
  const role = createRole(scope, { description, roleName }, logGroup);
  network?.admit(role);
  const lambda = new LambdaFunction(scope, 'Function', {
    ...own,
    ...network?.functionOptions,
    ...(reservedConcurrentExecutions === undefined ? {} : { reservedConcurrentExecutions }),
    ...(environmentVariables === undefined ? {} : { environment: environmentVariables }),
    description,
    code: functionCode(bundleDirectory, environment),
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    role,
    logGroup,
    ...logging(environment),
    tracing: environment.tracing === 'xray' ? Tracing.ACTIVE : Tracing.DISABLED,
    // An operator can point the alias back to any version by hand.
    currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE },
  });
  if (environment.tracing === 'xray') {
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray has no resources that a policy could name.',
    });
  }
  return { lambda, role };
}

/**
 * Lambda's own filter passes every line: it does not know metrics, and would drop those in lines below its level. The function
 * filters its lines itself (`log.ts`). Lambda's REPORT lines have the level INFO.
 */
function logging({ logLevel }: ParsedEnvironment) {
  return {
    loggingFormat: LoggingFormat.JSON,
    applicationLogLevelV2: ApplicationLogLevel.INFO,
    systemLogLevelV2: logLevel === 'warn' ? SystemLogLevel.WARN : SystemLogLevel.INFO,
  };
}

function createRole(
  scope: Construct,
  { description, roleName }: Pick<LambdaFunctionProps, 'description' | 'roleName'>,
  logGroup: ILogGroup,
): Role {
  const naming = roleName === undefined ? {} : { roleName };
  const role = new Role(scope, 'Role', {
    ...naming,
    description,
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
  });
  role.addToPrincipalPolicy(
    new PolicyStatement({
      sid: 'WriteOwnLog',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
  );
  return role;
}

/**
 * A bundle with the environment's settings file beside it. Both are part of the asset's hash, so a changed setting
 * publishes a new version of the function, as changed code does.
 */
function functionCode(
  bundleDirectory: string,
  { providers, logLevel, tokenTable, callerLimit }: ParsedEnvironment,
): Code {
  const settings: Settings = {
    logLevel,
    ...(callerLimit && { callerLimit: { requestsPerSecond: callerLimit.requestsPerSecond, burst: callerLimit.burst } }),
    ...(tokenTable === undefined ? {} : { tokenStore: { table: tokenTable } }),
    providers: Object.fromEntries([...providers].map(([name, provider]) => [name, provider.settings])),
  };
  return Code.fromAsset(bundleDirectory, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // CDK requires an image, and uses it only if `local` declines.
      image: DockerImage.fromRegistry('unused'),
      local: {
        tryBundle(outputDirectory) {
          cpSync(bundleDirectory, outputDirectory, { recursive: true });
          writeSettings(outputDirectory, settings);
          return true;
        },
      },
    },
  });
}
