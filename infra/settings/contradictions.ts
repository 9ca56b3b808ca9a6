import type { ParsedEnvironment } from './environment.ts';
import { findReplicationMistakes } from './replicas.ts';

/** Mistakes that show only when several keys are compared. */
export function findContradictions(environment: ParsedEnvironment): string[] {
  return [
    ...concurrency(environment),
    ...alarmTargets(environment),
    ...callers(environment),
    ...callerPolicies(environment),
    ...sameOutputName(environment),
    ...existingSecrets(environment),
    ...otherRegions(environment),
    ...callerLimits(environment),
    ...httpApi(environment),
    ...vpc(environment),
    ...domain(environment),
    ...unreachableForProber(environment),
    ...findReplicationMistakes(environment),
  ];
}

function concurrency({ name, reservedConcurrency, provisionedConcurrency }: ParsedEnvironment): string[] {
  if ((provisionedConcurrency ?? 0) <= (reservedConcurrency ?? Number.POSITIVE_INFINITY)) return [];
  return [`${name}.provisionedConcurrency must not be more than reservedConcurrency`];
}

function alarmTargets({ name, alarms, removal }: ParsedEnvironment): string[] {
  if (alarms === 'none') return [];
  const targets = Object.entries(alarms ?? {});
  if (targets.length === 0) {
    const isMissing = alarms !== undefined || removal === 'retain';
    return isMissing ? [`${name}.alarms must name page or ticket, who is told; or be 'none'`] : [];
  }
  return targets
    .filter(([, target]) => Object.values(target ?? {}).filter((value) => value !== undefined).length !== 1)
    .map(([severity]) => `${name}.alarms.${severity} takes one of email, topicArn and slack`);
}

function callers({ name, callers: all, providers }: ParsedEnvironment): string[] {
  return all.flatMap((entry, index) => [
    ...unknownProviders(`${name}.callers.${index}.providers`, entry.providers, providers),
    ...(entry.principalArns.length + entry.organizationIds.length === 0
      ? [`${name}.callers.${index} must name principalArns or organizationIds`]
      : []),
  ]);
}

function callerPolicies({ name, callerPolicies: policies, providers }: ParsedEnvironment): string[] {
  return Object.entries(policies).flatMap(([policy, named]) => [
    ...unknownProviders(`${name}.callerPolicies.${policy}`, named, providers),
    ...(providers.has(policy) ? [`${name}.callerPolicies.${policy} is a provider's name, which has a policy`] : []),
  ]);
}

function unknownProviders(where: string, named: readonly string[], known: ReadonlyMap<string, unknown>): string[] {
  return named
    .filter((provider) => !known.has(provider))
    .map((provider) => `${where} names ${JSON.stringify(provider)}, which is not a provider`);
}

function sameOutputName({ name, providers, callerPolicies: policies }: ParsedEnvironment): string[] {
  const bySuffix = new Map<string, string[]>();
  for (const named of new Set([...providers.keys(), ...Object.keys(policies)])) {
    bySuffix.set(outputSuffix(named), [...(bySuffix.get(outputSuffix(named)) ?? []), named]);
  }
  return [...bySuffix.values()]
    .filter((group) => group.length > 1)
    .map(
      (group) => `${name}.providers: ${group.join(' and ')} differ in hyphens only; outputs could not be told apart`,
    );
}

/** A name as part of a CloudFormation output's name, which may have letters and digits only. */
export function outputSuffix(name: string): string {
  return name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

interface Arn {
  readonly region: string;
  readonly account: string;
}

function parseArn(arn: string): Arn {
  const [, , , region = '', account = ''] = arn.split(':');
  return { region, account };
}

function existingSecrets({ name, providers, account }: ParsedEnvironment): string[] {
  return [...providers].flatMap(([provider, { existingSecret }]) => {
    if (existingSecret === undefined) return [];
    const at = `${name}.providers.${provider}.existingSecret`;
    const { arn, keyArn } = existingSecret;
    const secret = parseArn(arn);
    if (keyArn === undefined) {
      if (account === undefined || secret.account === account) return [];
      return [`${at}.keyArn is missing: the key aws/secretsmanager of another account cannot be used from here`];
    }
    if (parseArn(keyArn).region === secret.region) return [];
    return [`${at}.keyArn must be in the secret's region, ${secret.region}`];
  });
}

function alarmTopics(alarms: ParsedEnvironment['alarms']): [string, string | undefined][] {
  if (alarms === undefined || alarms === 'none') return [];
  return [
    ['alarms.page.topicArn', alarms.page?.topicArn],
    ['alarms.ticket.topicArn', alarms.ticket?.topicArn],
  ];
}

/** Resources that the stack can use only in its own region. */
function otherRegions({
  name,
  region,
  providers,
  alarms,
  webAclArn,
  domain: domainSettings,
  kmsKeys,
  logSubscription,
}: ParsedEnvironment): string[] {
  const named: [string, string | undefined][] = [
    ...[...providers].map(([provider, { existingSecret }]): [string, string | undefined] => [
      `providers.${provider}.existingSecret.arn`,
      existingSecret?.arn,
    ]),
    ...alarmTopics(alarms),
    ['webAclArn', webAclArn],
    ['domain.certificateArn', domainSettings?.certificateArn],
    ['kmsKeys.secretsArn', kmsKeys.secretsArn],
    ['kmsKeys.logsArn', kmsKeys.logsArn],
    ['logSubscription.destinationArn', logSubscription?.destinationArn],
  ];
  return named.flatMap(([key, arn]) => {
    if (arn === undefined || region === undefined || parseArn(arn).region === region) return [];
    return [`${name}.${key} is in ${parseArn(arn).region}, and this environment in ${region}`];
  });
}

function callerLimits({ name, callerLimit, throttling, webAclArn }: ParsedEnvironment): string[] {
  if (callerLimit === undefined) return [];
  const at = `${name}.callerLimit`;
  return [
    ...(callerLimit.requestsPerSecond >= throttling.requestsPerSecond
      ? [
          `${at}.requestsPerSecond must be less than throttling.requestsPerSecond, or one caller can use up the whole API`,
        ]
      : []),
    ...(callerLimit.webAcl === 'create' && webAclArn !== undefined
      ? [`${at}.webAcl and webAclArn contradict each other: an API has one web ACL`]
      : []),
  ];
}

/** What only a REST API can do. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html */
function httpApi({ name, api, callers: all, endpoint, webAclArn, callerLimit, tracing }: ParsedEnvironment): string[] {
  if (api !== 'http') return [];
  const lacks: [key: string, isSet: boolean, what: string][] = [
    [
      'callers',
      all.length > 0,
      'resource policy, so its callers are of its own account and need policies of their own',
    ],
    ['endpoint', endpoint.type === 'PRIVATE', 'private endpoint'],
    ['webAclArn', webAclArn !== undefined, 'web ACL'],
    ['callerLimit.webAcl', callerLimit?.webAcl === 'create', 'web ACL'],
    ['tracing', tracing === 'xray', 'X-Ray tracing'],
  ];
  return lacks.flatMap(([key, isSet, what]) =>
    isSet ? [`${name}.${key} needs api 'rest': an HTTP API has no ${what}`] : [],
  );
}

function vpc({ name, vpc: settings, providers }: ParsedEnvironment): string[] {
  if (settings === undefined) return [];
  const otherPorts = [...providers].filter(([, provider]) => new URL(provider.settings.tokenUrl).port !== '');
  const mistakes = otherPorts.map(
    ([provider]) => `${name}.providers.${provider}.tokenUrl must have port 443: nothing else leaves the VPC`,
  );
  if ('new' in settings) return mistakes;
  const { availabilityZones, privateSubnetIds, routeTableIds } = settings;
  if (privateSubnetIds.length !== availabilityZones.length) {
    mistakes.push(`${name}.vpc must name as many availabilityZones as privateSubnetIds, in the same order`);
  }
  if (routeTableIds !== undefined && routeTableIds.length !== privateSubnetIds.length) {
    mistakes.push(`${name}.vpc must name as many routeTableIds as privateSubnetIds, in the same order`);
  }
  return mistakes;
}

function domain({ name, account, domain: settings, endpoint }: ParsedEnvironment): string[] {
  if (settings === undefined) return [];
  const { name: host, certificateArn, hostedZone } = settings;
  const mistakes: string[] = [];
  if (endpoint.type === 'PRIVATE')
    mistakes.push(`${name}.domain is not for a private endpoint, which has names of its own`);
  if (account !== undefined && parseArn(certificateArn).account !== account) {
    mistakes.push(`${name}.domain.certificateArn must be of the environment's account, ${account}`);
  }
  const zone = hostedZone?.name.replace(/\.$/, '');
  if (zone !== undefined && host !== zone && !host.endsWith(`.${zone}`)) {
    mistakes.push(`${name}.domain.name is not in the hosted zone ${zone}`);
  }
  return mistakes;
}

/** The prober is outside every VPC, as a caller on the internet is. */
function unreachableForProber({ name, prober, endpoint }: ParsedEnvironment): string[] {
  if (!prober || endpoint.type === 'REGIONAL') return [];
  return [`${name}.prober cannot reach a PRIVATE endpoint; run npm run probe from inside the VPC instead`];
}
