import { join } from 'node:path';
import { accountId, region } from '../../local/gateway/callers.ts';
import { type Instance, startInstance } from '../../local/lambda/instance.ts';
import { InstancePool } from '../../local/lambda/instance-pool.ts';
import { contestantEnvironment } from '../backends/contestant-environment.ts';
import { readRssKb } from '../child-process.ts';
import type { ScaledClock } from '../scaled-clock.ts';
import type { Account } from './accounting.ts';
import type { Backends } from './backends.ts';
import type { FaultBundles } from './bundles.ts';
import { neighbourScopes } from './neighbours.ts';
import type { FaultContestant } from './report.ts';

export interface InstanceOptions {
  readonly name: FaultContestant;
  /** Folder for the settings of this run's instances. */
  readonly settingsName: string;
  readonly bundles: FaultBundles;
  readonly backends: Pick<Backends, 'providerUrl' | 'secretsManagerUrl'>;
  readonly account: Account;
  readonly clock: ScaledClock;
  readonly maxInstances: number;
}

/** By the fast clock. The local stack's own limit, the same for all contestants. */
const functionTimeoutMs = 15_000;
/** By the wall clock, in case an instance does not end itself in time. */
const backstopMs = 15_000;

/**
 * The local stack's pool of function processes. It sees which instance serves a request, where the pool hands over the
 * event, so that the account knows for each refusal what that instance had answered before.
 */
export class BenchInstances {
  readonly #options: InstanceOptions;
  readonly #pids = new Map<string, number>();
  readonly #pool: InstancePool;

  constructor(options: InstanceOptions) {
    this.#options = options;
    this.#pool = new InstancePool(() => this.#startNumbered(), options.maxInstances);
  }

  invoke(event: unknown): Promise<unknown> {
    return this.#pool.invoke(event);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /** Resident set of the largest instance, KiB; undefined where the system does not say. */
  async readLargestRssKb(): Promise<number | undefined> {
    const sizes = await Promise.all([...this.#pids.values()].map(readRssKb));
    const known = sizes.filter((size) => size !== undefined);
    return known.length === 0 ? undefined : Math.max(...known);
  }

  async #startNumbered(): Promise<Instance> {
    const { account } = this.#options;
    account.figures.instances += 1;
    const number = String(account.figures.instances);
    const instance = await startOne(number, this.#options);
    this.#pids.set(number, instance.pid);
    void instance.ended.then(() => {
      this.#pids.delete(number);
      account.instanceEnded(number);
    });
    return watch(number, instance, this.#options);
  }
}

function startOne(number: string, options: InstanceOptions): Promise<Instance> {
  const { name, settingsName, bundles, backends, clock } = options;
  const tokenUrl = `${backends.providerUrl}/${number}/token`;
  const taskRoot = join(bundles.settingsDirectory, settingsName, number);
  const secretsManagerUrl = `${backends.secretsManagerUrl}/${number}`;
  return startInstance({
    codeDirectory: bundles.codeDirectory,
    bootstrapFile: bundles.bootstrapFile,
    functionName: name,
    functionArn: `arn:aws:lambda:${region}:${accountId}:function:${name}`,
    region,
    timeoutMs: backstopMs,
    environment: {
      ...contestantEnvironment({ tokenUrl, secretsManagerUrl, scopes: neighbourScopes }, taskRoot),
      BENCH_TASK_ROOT: taskRoot,
      BENCH_FUNCTION: bundles.functions[name]?.file ?? '',
      BENCH_ORIGIN_MS: String(clock.originMs),
      BENCH_SPEED: String(clock.speed),
      BENCH_TIMEOUT_MS: String(functionTimeoutMs),
    },
    onLine: () => {},
  });
}

function watch(number: string, instance: Instance, { account, clock }: InstanceOptions): Instance {
  async function invoke(event: unknown): Promise<unknown> {
    const { requestContext } = event as { requestContext: { requestId: string } };
    account.invocationStarted(requestContext.requestId, number, clock.now());
    const result = await instance.invoke(event);
    const { statusCode, body } = result as { statusCode: number; body: string };
    if (statusCode === 200) account.tokenAnswered(number, (JSON.parse(body) as { access_token: string }).access_token);
    return result;
  }
  const { pid, ready, ended, close } = instance;
  return {
    pid,
    ready,
    ended,
    close,
    invoke,
    get isUsable() {
      return instance.isUsable;
    },
  };
}
