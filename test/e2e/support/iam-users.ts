import { AwsClient } from 'aws4fetch';
import type { SigningKeys } from '../../support/signed-request.ts';
import { region, rootKey } from './account.ts';

/**
 * Makes an IAM user with a key and one policy, or none, through IAM's query API.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html
 */
export async function createUser(url: string, name: string, policyArn?: string): Promise<SigningKeys> {
  await requestIam(url, { Action: 'CreateUser', UserName: name });
  if (policyArn !== undefined) {
    await requestIam(url, { Action: 'AttachUserPolicy', UserName: name, PolicyArn: policyArn });
  }
  return createAccessKey(url, name);
}

/** A key of a user that is there. */
export async function createAccessKey(url: string, name: string): Promise<SigningKeys> {
  const key = await requestIam(url, { Action: 'CreateAccessKey', UserName: name });
  return {
    accessKeyId: readTag(key, 'AccessKeyId'),
    secretAccessKey: readTag(key, 'SecretAccessKey'),
  };
}

async function requestIam(url: string, parameters: Record<string, string>): Promise<string> {
  const root = new AwsClient({ ...rootKey, service: 'iam', region, retries: 0 });
  const body = new URLSearchParams({ Version: '2010-05-08', ...parameters }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const response = await root.fetch(url, { method: 'POST', headers, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`IAM ${parameters['Action']} answered ${response.status}: ${text}`);
  return text;
}

function readTag(xml: string, tag: string): string {
  const value = new RegExp(`<${tag}>([^<]+)</${tag}>`).exec(xml)?.[1];
  if (value === undefined) throw new Error(`IAM's answer has no ${tag}`);
  return value;
}
