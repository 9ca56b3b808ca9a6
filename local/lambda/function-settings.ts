import { accountId, region } from '../gateway/callers.ts';
import type { FunctionSettings } from './instance.ts';

const functionTimeoutMs = 15_000;

export function functionArn(name: string): string {
  return `arn:aws:lambda:${region}:${accountId}:function:${functionName(name)}`;
}

/** @param name the folder below `functions` */
export function createFunctionSettings(
  name: string,
  settings: Pick<FunctionSettings, 'bootstrapFile' | 'codeDirectory' | 'environment' | 'onLine'>,
): FunctionSettings {
  return {
    ...settings,
    functionName: functionName(name),
    functionArn: functionArn(name),
    region,
    timeoutMs: functionTimeoutMs,
  };
}

function functionName(name: string): string {
  return `token-vending-local-${name}`;
}
