import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
export interface CredentialAlarmsProps {
    /** The vending function's name, a dimension of its metrics. */
    readonly vendFunctionName: string;
    /** Undefined where there is no secret to rotate. */
    readonly rotate: LambdaFunction | undefined;
    readonly maxAgeDays: number;
    /** Notified of alarms, if given. */
    readonly topic: ITopic | undefined;
}
/** Alarms on faults that callers do not notice, because they are served anyway. */
export declare class CredentialAlarms extends Construct {
    constructor(scope: Construct, id: string, { vendFunctionName, rotate, maxAgeDays, topic }: CredentialAlarmsProps);
    private rotationFailed;
}
