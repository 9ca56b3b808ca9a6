import { accountId, region } from '../gateway/callers.ts';
import type { FunctionSettings } from './instance.ts';

/** As the deployed functions have them. */
const timeoutsMs = { vend: 15_000, rotate: 60_000 };

type FunctionFolder = keyof typeof timeoutsMs;

export function functionArn(name: FunctionFolder): string {
  return `arn:aws:lambda:${region}:${accountId}:function:${functionName(name)}`;
}

/** @param name the folder below `functions` */
export function createFunctionSettings(
  name: FunctionFolder,
  settings: Pick<FunctionSettings, 'bootstrapFile' | 'codeDirectory' | 'environment' | 'onLine'>,
): FunctionSettings {
  return {
    ...settings,
    functionName: functionName(name),
    functionArn: functionArn(name),
    region,
    timeoutMs: timeoutsMs[name],
  };
}

function functionName(name: FunctionFolder): string {
  return `token-vending-local-${name}`;
}
