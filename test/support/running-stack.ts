import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Caller } from '../../local/gateway/callers.ts';
import type { Answered } from '../../local/gateway/gateway.ts';
import { startBuiltInProviders } from '../../local/providers/built-in-providers.ts';
import type { LocalProviders } from '../../local/providers/providers.ts';
import { type StackDescription, type StackOptions, startStack } from '../../local/stack.ts';
import { assertDocumented } from './documented-answer.ts';
import { type RequestToSign, type SignAndSend, sendSignedBySmithy } from './signed-request.ts';

export interface RunningStack {
  readonly endpoint: string;
  readonly region: string;
  readonly secretsManagerUrl: string;
  /** A client of the stack's Secrets Manager; it is closed with the stack. */
  readonly secretsManager: SecretsManagerClient;
  readonly orders: Caller;
  readonly intruder: Caller;
  readonly prober: Caller;
  readonly providers: LocalProviders;
  /** Only where instances share tokens. */
  readonly tokenStore: StackDescription['tokenStore'];
  /** What the vending function wrote. */
  readonly functionLines: readonly string[];
  /** What the rotation function wrote. */
  readonly rotationLines: readonly string[];
  /** Resolves once the rotation function has written that many lines. */
  untilRotationLines(count: number): Promise<void>;
  readonly answered: readonly Answered[];
  /** The function's log line for this answer. It may arrive after the answer. */
  logOf(response: Response): Promise<Record<string, unknown>>;
  /** `POST /v1/tokens/{provider}` with form fields as text, signed by `orders`. */
  vend(provider: string, form?: string, send?: SignAndSend): Promise<Response>;
  request(request: Partial<RequestToSign> & { readonly path: string }, send?: SignAndSend): Promise<Response>;
  close(): Promise<void>;
}

const form = { 'content-type': 'application/x-www-form-urlencoded' };

/** The local stack as `npm start` runs it, with the bundled function in child processes. */
export async function startRunningStack(
  maxInstances = 1,
  startProviders: () => Promise<LocalProviders> = startBuiltInProviders,
  options: Pick<
    StackOptions,
    'api' | 'requestsPerSecond' | 'callerLimit' | 'hasWebAcl' | 'tokenStore' | 'secretsManagerUrl'
  > = {},
): Promise<RunningStack> {
  const directory = await mkdtemp(join(tmpdir(), 'token-vending-'));
  const functionLines: string[] = [];
  const rotationLines: string[] = [];
  const listeners = new Set<() => void>();
  const answered: Answered[] = [];
  const providers = await startProviders();
  const stack = await startStack({
    ...options,
    port: 0,
    maxInstances,
    providers,
    directory,
    onAnswered: (entry) => answered.push(entry),
    onFunctionLine: (line) => functionLines.push(line),
    onRotationLine(line) {
      rotationLines.push(line);
      for (const look of listeners) look();
    },
  });
  const { endpoint, region, callers } = stack.description;
  const secretsManager = new SecretsManagerClient({
    endpoint: stack.description.secretsManager,
    region,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  });
  const { orders, intruder, prober } = callers as Readonly<Record<'orders' | 'intruder' | 'prober', Caller>>;

  const request: RunningStack['request'] = async (
    { path, method = 'GET', headers, body },
    send = sendSignedBySmithy,
  ) => {
    const response = await send(
      { method, url: `${endpoint}${path}`, ...(headers && { headers }), ...(body !== undefined && { body }) },
      orders,
      region,
    );
    const answer = { status: response.status, headers: Object.fromEntries(response.headers) };
    assertDocumented({ method, path, ...answer, body: await response.clone().json() });
    return response;
  };
  return {
    endpoint,
    region,
    secretsManagerUrl: stack.description.secretsManager,
    secretsManager,
    orders,
    intruder,
    prober,
    providers,
    tokenStore: stack.description.tokenStore,
    functionLines,
    rotationLines,
    untilRotationLines: (count) =>
      new Promise((resolve) => {
        const look = () => rotationLines.length >= count && resolve();
        listeners.add(look);
        look();
      }),
    answered,
    async logOf({ headers }) {
      const requestId = headers.get('x-amzn-requestid') ?? headers.get('apigw-requestid') ?? 'none';
      for (;;) {
        const lines = functionLines.filter((text) => text.includes(requestId)).map((text) => JSON.parse(text));
        const vend = lines.find(({ message }) => message === 'vend');
        if (vend !== undefined) return vend;
        await setImmediate();
      }
    },
    request,
    vend: (provider, body, send) =>
      request(
        { path: `/tokens/${provider}`, method: 'POST', headers: form, ...(body !== undefined && { body }) },
        send,
      ),
    async close() {
      secretsManager.destroy();
      await stack.close();
      await rm(directory, { recursive: true });
    },
  };
}
