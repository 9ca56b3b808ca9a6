import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { EnvironmentSettings } from '../settings/environment.ts';
/** Where alarms go: the topic that the settings name, one created for their address, or none. */
export declare function alarmTopic(scope: Construct, id: string, { alarms, key }: {
    readonly alarms: EnvironmentSettings['alarms'];
    readonly key: IKey;
}): ITopic | undefined;
