import { type Caller, createCallers } from '../../local/gateway/callers.ts';
import { startGateway } from '../../local/gateway/gateway.ts';
import { createFunctionSettings } from '../../local/lambda/function-settings.ts';
import { startInstance } from '../../local/lambda/instance.ts';
import { InstancePool } from '../../local/lambda/instance-pool.ts';
import { buildVendEvent } from '../lambda-call.ts';
import { signVend } from '../signed-vend.ts';
import type { PreparedRequest } from './load.ts';

/** A gateway and what is behind it. */
export interface MeasuredStack {
  /** A signed vend. */
  readonly request: PreparedRequest;
  close(): Promise<void>;
}

export interface FunctionCode {
  readonly codeDirectory: string;
  readonly bootstrapFile: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** The local stack's gateway in front of instances of a function, each of which has answered once. */
export async function startWithInstances(code: FunctionCode, count: number): Promise<MeasuredStack> {
  const settings = createFunctionSettings('vend', { ...code, onLine: () => {} });
  const instances = new InstancePool(() => startInstance(settings), count);
  try {
    // As many at once as there may be instances, so that each of them gets one.
    await Promise.all(Array.from({ length: count }, () => instances.invoke(buildVendEvent())));
    return await startInFrontOf(instances);
  } catch (error) {
    await instances.close();
    throw error;
  }
}

/** The gateway by itself: instead of the function, an answer as large as a vend's. */
export function startAlone(): Promise<MeasuredStack> {
  const body = JSON.stringify({ access_token: 'x'.repeat(900), token_type: 'Bearer', expires_in: 3600 });
  const answer = { statusCode: 200, headers: { 'content-type': 'application/json' }, body };
  return startInFrontOf({ invoke: async () => answer, close: async () => {} });
}

async function startInFrontOf(instances: Pick<InstancePool, 'invoke' | 'close'>): Promise<MeasuredStack> {
  const callers = createCallers();
  const gateway = await startGateway({ port: 0, callers, instances, onAnswered: () => {} });
  const signed = await signVend({ endpoint: `${gateway.url}/v1`, caller: callers['orders'] as Caller });
  return {
    request: { url: signed.url, headers: Object.fromEntries(signed.headers) },
    async close() {
      await Promise.all([gateway.close(), instances.close()]);
    },
  };
}
