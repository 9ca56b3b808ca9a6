import { systemRuntime } from '../../../clients/typescript/src/clock.ts';
import type { TokenCache } from '../../../clients/typescript/src/tokens/token-cache.ts';
import { assembleClient, type VendingClient } from '../../../clients/typescript/src/vending-client.ts';
import { type ScriptedProvider, startScriptedProvider } from '../../support/scripted-provider.ts';

export interface TestClient {
  readonly client: VendingClient;
  /** Stands for the vending service: it answers whatever the test says. */
  readonly service: ScriptedProvider;
  readonly endpoint: string;
  /** The forms of the requests that reached it. */
  forms(): URLSearchParams[];
  advanceSeconds(seconds: number): void;
  /** Waits until no request is under way. */
  readonly settled: TokenCache['settled'];
  close(): Promise<void>;
}

/** A client with a clock that moves when the test says so. */
export async function startTestClient(): Promise<TestClient> {
  const service = await startScriptedProvider();
  let nowMs = Date.UTC(2026, 0, 1);
  const endpoint = service.tokenUrl.replace('/token', '/v1');
  const { client, tokens } = assembleClient(
    { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'canary-of-the-key' } },
    { ...systemRuntime(), age: () => nowMs, random: () => 0 },
  );
  return {
    client,
    service,
    endpoint,
    forms: () => service.requests.map(({ body }) => new URLSearchParams(body)),
    advanceSeconds(seconds) {
      nowMs += seconds * 1_000;
    },
    settled: () => tokens.settled(),
    close: service.close,
  };
}
