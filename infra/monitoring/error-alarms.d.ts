import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { VendingApi } from '../api/vending-api.ts';
export interface ErrorAlarmsProps {
    readonly alias: Alias;
    readonly api: VendingApi;
    /** Notified of alarms, if given. */
    readonly topic: ITopic | undefined;
}
/** The two alarms that also roll back a deployment. */
export declare class ErrorAlarms extends Construct {
    readonly all: readonly Alarm[];
    constructor(scope: Construct, id: string, { alias, api, topic }: ErrorAlarmsProps);
}
