import { type Caller, createCallers, region } from '../../local/gateway/callers.ts';
import { startGateway } from '../../local/gateway/gateway.ts';
import { createFunctionSettings } from '../../local/lambda/function-settings.ts';
import { startInstance } from '../../local/lambda/instance.ts';
import { createInstancePool, type InstancePool } from '../../local/lambda/instance-pool.ts';
import { buildVendEvent } from '../../test/support/rest-event.ts';
import { signBySmithy } from '../../test/support/signed-request.ts';
import type { PreparedRequest } from './keep-alive-client.ts';

/** A gateway with what is behind it. */
export interface MeasuredStack {
  /** A vend, signed. */
  readonly request: PreparedRequest;
  close(): Promise<void>;
}

export interface FunctionCode {
  readonly codeDirectory: string;
  readonly bootstrapFile: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** The local stack's gateway before instances of a function, each of which has answered once. */
export async function startWithInstances(code: FunctionCode, count: number): Promise<MeasuredStack> {
  const settings = createFunctionSettings('vend', { ...code, onLine: () => {} });
  const instances = createInstancePool(() => startInstance(settings), count);
  try {
    // As many at once as there may be instances: each of them gets one.
    await Promise.all(Array.from({ length: count }, () => instances.invoke(buildVendEvent('prove'))));
    return await startBefore(instances);
  } catch (error) {
    await instances.close();
    throw error;
  }
}

/** The gateway by itself: an answer as large as a vend's stands for the function. */
export function startAlone(): Promise<MeasuredStack> {
  const body = JSON.stringify({ access_token: 'x'.repeat(900), token_type: 'Bearer', expires_in: 3600 });
  const answer = { statusCode: 200, headers: { 'content-type': 'application/json' }, body };
  return startBefore({ invoke: async () => answer, close: async () => {} });
}

async function startBefore(instances: Pick<InstancePool, 'invoke' | 'close'>): Promise<MeasuredStack> {
  const callers = createCallers();
  const gateway = await startGateway({ port: 0, callers, instances, onAnswered: () => {} });
  const toSign = { method: 'POST', url: `${gateway.url}/v1/tokens/prove` };
  const headers = await signBySmithy(toSign, callers['orders'] as Caller, region);
  return {
    request: { ...toSign, headers },
    async close() {
      await Promise.all([gateway.close(), instances.close()]);
    },
  };
}
