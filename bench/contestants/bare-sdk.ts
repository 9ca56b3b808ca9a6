import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { emptyAnswer } from './comparison-answer.ts';

const client = new SecretsManagerClient({});
let isRead = false;

/** Does nothing but read the secret once: what the SDK alone takes of memory. */
export async function handler(): Promise<object> {
  if (!isRead) await client.send(new GetSecretValueCommand({ SecretId: process.env['SECRET_ID'] }));
  isRead = true;
  return emptyAnswer;
}
