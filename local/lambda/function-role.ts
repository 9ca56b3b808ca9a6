import { accountId } from '../gateway/callers.ts';

interface Role {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The functions' own identity. Another Secrets Manager may check it. */
export function functionRole(): Role {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = process.env;
  if (!accessKeyId || !secretAccessKey) return { accessKeyId: accountId, secretAccessKey: 'local' };
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
}
