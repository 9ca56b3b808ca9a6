import { join } from 'node:path';
import { RemovalPolicy, Stack, Tags, Token } from 'aws-cdk-lib';
import type { Grant, IGrantable, IRole } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { CallerPolicies } from './api/caller-policies.ts';
import { CustomDomain } from './api/custom-domain.ts';
import { EnvironmentFromParameters, EnvironmentParameters, type ITokenVending } from './api/environment-parameters.ts';
import { HttpVendingApi } from './api/http-vending-api.ts';
import { RestVendingApi } from './api/rest-vending-api.ts';
import type { VendingApi } from './api/vending-api.ts';
import { ProbeFunction } from './functions/probe-function.ts';
import { RotationFunction } from './functions/rotation-function.ts';
import { SafeDeployment } from './functions/safe-deployment.ts';
import { VendingFunction } from './functions/vending-function.ts';
import { EncryptedLogs } from './monitoring/encrypted-logs.ts';
import { Monitoring } from './monitoring/monitoring.ts';
import { createFunctionNetwork, type FunctionNetwork } from './network/function-network.ts';
import { ClientSecrets } from './secrets/client-secrets.ts';
import type { Environment, ParsedEnvironment } from './settings/environment.ts';
import { parseEnvironment } from './settings/parse-environments.ts';
import { TokenTable } from './tokens/token-table.ts';

/** The settings of an environment, as in `environments.ts`. If they name an account or a region, it must be the stack's. */
export interface TokenVendingProps extends Environment {
  /** Such as `prod`: part of the names of policies, secrets and logs, and so taken once per account and region. */
  readonly environmentName: string;
  /** Folder with a folder for each function's bundle. Default: the one of the published package. */
  readonly bundlesDirectory?: string;
  /** Accepts token endpoints on loopback, which only an emulator reaches. */
  readonly allowLoopback?: boolean;
}

/**
 * Everything in one environment, in whatever stack: the API, the functions, the secrets, their logs and alarms.
 *
 * @throws EnvironmentsError that names every mistake in the settings
 */
export class TokenVending extends Construct implements ITokenVending {
  /**
   * An environment that another app has deployed to the same account and region, for the stacks of its callers. They find it by
   * SSM parameters whenever they are deployed.
   */
  static fromEnvironment(scope: Construct, environmentName: string): ITokenVending {
    return new EnvironmentFromParameters(scope, environmentName);
  }

  /** @internal */
  readonly environment: ParsedEnvironment;
  /** @internal */
  readonly api: VendingApi;
  /** @internal */
  readonly secrets: ClientSecrets;
  /** @internal */
  readonly callers: CallerPolicies;
  /** What the name of the setting `domain` must point to. */
  readonly domainTarget: string | undefined;
  /** From which providers see requests come, where the settings ask for a new VPC. */
  readonly egressAddresses: readonly string[];
  /** Reads the secrets. The keeper of an existing secret may have to name it in the secret's own policy. */
  readonly vendingRole: IRole;
  /** @internal What callers reach through the API, and nobody else may invoke. */
  readonly vendingAlias: IFunction;
  /** @internal */
  readonly prober: ProbeFunction | undefined;

  constructor(scope: Construct, id: string, props: TokenVendingProps) {
    super(scope, id);
    const { environmentName, bundlesDirectory = ownBundles, allowLoopback = false, ...entry } = props;
    const environment = parseEnvironment(environmentName, entry, { ...placeOf(this), allowLoopback });
    this.environment = environment;
    // Anything with a name must be deleted if its first creation is rolled back, or the next try finds the name taken.
    const removalPolicy =
      environment.removal === 'retain' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
    const secrets = new ClientSecrets(this, 'Secrets', { environment, removalPolicy });
    const logs = new EncryptedLogs(this, 'Logs', { environment, removalPolicy });
    const vendLog = logs.createLogGroup('vend');
    const network = createFunctionNetwork(this, environment, secrets.policyArns, removalPolicy);
    this.egressAddresses = network?.addresses ?? [];
    const vend = new VendingFunction(this, 'Vend', {
      environment,
      network,
      bundleDirectory: join(bundlesDirectory, environment.tokenTable === undefined ? 'vend' : 'vend-with-token-store'),
      logGroup: vendLog,
    });
    this.vendingRole = vend.role;
    this.vendingAlias = vend.alias as IFunction;
    secrets.grantRead(vend.role);
    if (environment.tokenTable !== undefined) {
      const { key } = secrets;
      new TokenTable(this, 'Tokens', { name: environment.tokenTable, key, removalPolicy, user: vend.role });
    }
    const rotation =
      secrets.created.size === 0
        ? undefined
        : this.addRotation(environment, join(bundlesDirectory, 'rotate'), secrets, logs, network);
    this.secrets = secrets;
    const accessLog = logs.createLogGroup('access');
    this.api = new (environment.api === 'http' ? HttpVendingApi : RestVendingApi)(this, 'Api', {
      environment,
      handler: this.vendingAlias,
      accessLog,
    });
    const { domain } = environment;
    this.domainTarget = domain && new CustomDomain(this, 'Domain', { domain, api: this.api }).target;
    this.callers = new CallerPolicies(this, 'Callers', { environment, api: this.api });
    new EnvironmentParameters(this, 'Parameters', { environment, api: this.api });
    this.prober = environment.prober ? this.addProber(join(bundlesDirectory, 'probe'), logs) : undefined;
    const watched = {
      environment,
      logs,
      vendLog,
      accessLog,
      api: this.api,
      vend,
      secrets,
      rotation,
      prober: this.prober,
    };
    const { gate, events } = new Monitoring(this, 'Monitoring', watched);
    if (environment.deployment === 'canary') {
      new SafeDeployment(this, 'Deployment', { alias: vend.alias, alarms: gate, events });
    }
    for (const [key, value] of Object.entries(environment.tags)) Tags.of(this).add(key, value);
  }

  /** `https://{api}.execute-api.{region}.amazonaws.com/v1` or at the custom domain, without a slash at the end. */
  get endpoint(): string {
    return this.api.endpoint;
  }

  /** By provider: the ARN of the secret that holds its client credentials. */
  get secretArns(): ReadonlyMap<string, string> {
    return this.secrets.arns;
  }

  /**
   * Lets an identity of the same CDK app vend tokens of one provider, and nothing else.
   *
   * @throws Error if the environment has no such provider
   */
  grantVend(grantee: IGrantable, provider: string): Grant {
    return this.api.grantVend(grantee, provider);
  }

  private addRotation(
    environment: ParsedEnvironment,
    bundleDirectory: string,
    secrets: ClientSecrets,
    logs: EncryptedLogs,
    network: FunctionNetwork | undefined,
  ): RotationFunction {
    const logGroup = logs.createLogGroup('rotate');
    const rotation = new RotationFunction(this, 'Rotate', { environment, bundleDirectory, logGroup, network });
    secrets.grantRotate(rotation);
    return rotation;
  }

  private addProber(bundleDirectory: string, logs: EncryptedLogs): ProbeFunction {
    const { environment, api, vendingAlias } = this;
    const logGroup = logs.createLogGroup('probe');
    return new ProbeFunction(this, 'Probe', { environment, bundleDirectory, logGroup, api, vendingAlias });
  }
}

/** In the published package. The repository bundles the functions itself. */
const ownBundles = join(import.meta.dirname, 'bundles');

/** Account and region of the stack, as far as they are known before it is deployed. */
function placeOf(scope: Construct): { readonly account: string | undefined; readonly region: string | undefined } {
  const { account, region } = Stack.of(scope);
  const ifKnown = (value: string) => (Token.isUnresolved(value) ? undefined : value);
  return { account: ifKnown(account), region: ifKnown(region) };
}
