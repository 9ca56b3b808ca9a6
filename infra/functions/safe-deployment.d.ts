import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
export interface SafeDeploymentProps {
    readonly alias: Alias;
    /** Any of them rolls back the deployment. */
    readonly alarms: readonly IAlarm[];
}
/** Gives a new version a tenth of the traffic for five minutes, then all of it. An alarm rolls it back. */
export declare class SafeDeployment extends Construct {
    constructor(scope: Construct, id: string, { alias, alarms }: SafeDeploymentProps);
}
