import type { RunningStack } from '../../support/running-stack.ts';
import { type Driver, type Reply, startDriver } from './driver-process.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { type ProviderApi, startProviderApi } from './provider-api.ts';

/** What a scenario plays on: a client of its own, a way for it to the service that can fail, and a provider of its own. */
export interface Stage {
  readonly provider: string;
  readonly proxy: FaultProxy;
  readonly driver: Driver;
  /** A token is vended to somebody else, past the proxy. */
  vendToOthers(form: string): Promise<Response>;
  startApi(): Promise<ProviderApi>;
  /** The same client for somebody else, or with another endpoint. */
  startDriver(environment: NodeJS.ProcessEnv): Driver;
  readonly intruder: NodeJS.ProcessEnv;
  /** Everything that a client has shown of itself. */
  shown(): string;
  close(): Promise<void>;
}

/**
 * @param command starts the client's driver
 * @param ownEnvironment of the driver
 */
export async function setStage(
  stack: RunningStack,
  command: readonly string[],
  provider: string,
  ownEnvironment: NodeJS.ProcessEnv,
): Promise<Stage> {
  const proxy = await startFaultProxy(stack.endpoint);
  const drivers: Driver[] = [];
  const apis: ProviderApi[] = [];
  const texts: string[] = [];
  const start = (environment: NodeJS.ProcessEnv): Driver => {
    const common = {
      TOKEN_VENDING_ENDPOINT: proxy.endpoint,
      AWS_REGION: stack.region,
      AWS_EC2_METADATA_DISABLED: 'true',
    };
    const driver = startDriver(command, { ...common, ...ownEnvironment, ...environment });
    drivers.push(driver);
    return {
      ...driver,
      async send(op, parameters) {
        const reply = await driver.send(op, parameters);
        texts.push(textOf(reply));
        return reply;
      },
    };
  };
  const driver = start(keysOf(stack.orders));
  return {
    provider,
    proxy,
    driver,
    vendToOthers: (form) => stack.vend(provider, form),
    async startApi() {
      const api = await startProviderApi();
      apis.push(api);
      return api;
    },
    startDriver: start,
    intruder: keysOf(stack.intruder),
    shown: () => texts.join('\n'),
    async close() {
      await Promise.all(drivers.map((each) => each.stop()));
      await Promise.all([proxy.close(), ...apis.map((api) => api.close())]);
    },
  };
}

function keysOf(caller: RunningStack['orders']): NodeJS.ProcessEnv {
  const { accessKeyId, secretAccessKey, sessionToken } = caller;
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken };
}

/** Errors and what `inspect` prints; an answer's body belongs to the caller that asked for it. */
function textOf({ results = [], text = '', failed = '' }: Reply): string {
  return [text, failed, ...results.map((result) => ('error' in result ? JSON.stringify(result.error) : ''))].join('\n');
}
