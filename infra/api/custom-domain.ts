import { CfnApiMapping, CfnDomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import { CfnRecordSet } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import type { EnvironmentSettings } from '../settings/environment.ts';
import { stageName, type VendingApi } from './vending-api.ts';

export interface CustomDomainProps {
  readonly domain: NonNullable<EnvironmentSettings['domain']>;
  readonly api: VendingApi;
}

/**
 * A host name of one's own, which stays when the API is replaced. The stage is mapped to a path of its name, so the endpoint ends with
 * `/v1` whatever the host. API mappings serve REST APIs as well as HTTP APIs.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mappings.html
 */
export class CustomDomain extends Construct {
  /** What the name must point to, where no hosted zone is given. */
  readonly target: string;

  constructor(scope: Construct, id: string, { domain, api }: CustomDomainProps) {
    super(scope, id);
    const { name, certificateArn, hostedZone } = domain;
    const domainName = new CfnDomainName(this, 'Name', {
      domainName: name,
      domainNameConfigurations: [{ certificateArn, endpointType: 'REGIONAL', securityPolicy: 'TLS_1_2' }],
    });
    const mapping = new CfnApiMapping(this, 'Mapping', {
      domainName: domainName.ref,
      apiId: api.apiId,
      stage: stageName,
      apiMappingKey: stageName,
    });
    // Among what it needs is the stage, which it names and does not refer to.
    mapping.node.addDependency(api);
    this.target = domainName.attrRegionalDomainName;
    if (hostedZone === undefined) return;
    new CfnRecordSet(this, 'Record', {
      name,
      type: 'A',
      hostedZoneId: hostedZone.id,
      aliasTarget: { dnsName: this.target, hostedZoneId: domainName.attrRegionalHostedZoneId },
    });
  }
}
