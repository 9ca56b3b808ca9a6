import { type Caller, createCallers } from '../../../local/gateway/callers.ts';
import { type Answered, type GatewayOptions, startGateway } from '../../../local/gateway/gateway.ts';

export interface EchoGateway {
  readonly origin: string;
  readonly orders: Caller;
  readonly intruder: Caller;
  readonly answered: readonly Answered[];
  /** From now on the function does this. */
  invokeWith(invoke: (event: unknown) => Promise<unknown>): void;
  close(): Promise<void>;
}

/** The real gateway in front of a function that answers with the event it received. */
export async function startEchoGateway(
  options: Pick<GatewayOptions, 'requestsPerSecond' | 'api'> = {},
): Promise<EchoGateway> {
  const callers = createCallers() as { orders: Caller; intruder: Caller };
  const answered: Answered[] = [];
  let invoke: (event: unknown) => Promise<unknown> = echo;
  const gateway = await startGateway({
    ...options,
    port: 0,
    callers,
    instances: { invoke: (event) => invoke(event) },
    onAnswered: (entry) => answered.push(entry),
  });
  return {
    origin: gateway.url,
    ...callers,
    answered,
    invokeWith(next) {
      invoke = next;
    },
    close: gateway.close,
  };
}

export async function echo(event: unknown): Promise<object> {
  return { statusCode: 200, headers: { 'x-token-source': 'memory' }, body: JSON.stringify(event) };
}
