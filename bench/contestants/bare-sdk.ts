import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { emptyAnswer } from './peer.ts';

const client = new SecretsManagerClient({});
let isRead = false;

/** Only reads the secret, once: the memory that the SDK alone takes. */
export async function handler(): Promise<object> {
  if (!isRead) await client.send(new GetSecretValueCommand({ SecretId: process.env['SECRET_ID'] }));
  isRead = true;
  return emptyAnswer;
}
