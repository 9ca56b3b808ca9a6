import { accountId, region } from '../gateway/callers.ts';
import type { FunctionSettings } from './instance.ts';

/** As the deployed functions have them. */
const timeoutsMs = { vend: 15_000, rotate: 60_000 };

/** The folder below `functions`. */
type FunctionFolder = keyof typeof timeoutsMs;

export function functionArn(folder: FunctionFolder): string {
  return `arn:aws:lambda:${region}:${accountId}:function:${functionName(folder)}`;
}

export function createFunctionSettings(
  folder: FunctionFolder,
  settings: Pick<FunctionSettings, 'bootstrapFile' | 'codeDirectory' | 'environment' | 'onLine'>,
): FunctionSettings {
  return {
    ...settings,
    functionName: functionName(folder),
    functionArn: functionArn(folder),
    region,
    timeoutMs: timeoutsMs[folder],
  };
}

function functionName(folder: FunctionFolder): string {
  return `token-vending-local-${folder}`;
}

interface Role {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The functions' identity: the one in this process's environment, because another Secrets Manager may care whose it is. */
export function functionRole(): Role {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = process.env;
  if (!accessKeyId || !secretAccessKey) return { accessKeyId: accountId, secretAccessKey: 'local' };
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
}
